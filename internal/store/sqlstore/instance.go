package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func instanceTable() *inplace[idc.Instance] {
	return &inplace[idc.Instance]{keys: 1, table: table[idc.Instance]{
		noun: store.NounInstance, name: "instance", body: true,
		id: func(in *idc.Instance) string { return in.ID },
		columns: []column[idc.Instance]{
			derived("one", func(*idc.Instance) any { return int64(1) }), // there is one instance
			text("id", func(in *idc.Instance) *string { return &in.ID }),
			instant("created_at", func(in *idc.Instance) *time.Time { return &in.CreatedAt }),
		},
	}}
}

func (r *reader) Instance() (*idc.Instance, error) {
	return r.tables.instance.find(r, "", "one = 1")
}

func (t *tx) PutInstance(in *idc.Instance) error { return t.tables.instance.put(t, in) }
