package storetest

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func instanceCases() []testCase {
	return plainRow[idc.Instance]{
		noun: store.NounInstance, event: "ssoins-1",
		make: func() *idc.Instance {
			return with(Filled[idc.Instance]("i"), func(in *idc.Instance) { in.ID = "ssoins-1" })
		},
		edit: func(in *idc.Instance) { in.PortalSession, in.Name, in.Tags = time.Hour, "", nil },
		put:  func(tx store.Tx, in *idc.Instance) error { return tx.PutInstance(in) },
		get:  func(r store.Reader) (*idc.Instance, error) { return r.Instance() },
	}.cases()
}
