package sqlstore

import (
	"fmt"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// External identifiers are part of a user's or group's body. The table
// external_ids repeats them, with the life of the version they belong to, to
// keep them unique and to find their owner.

func externalIDRules(rules map[string]conflict) {
	c := conflict{"ExternalId", "This external identifier belongs to another already."}
	rules["external_ids_id"] = c
	rules["external_ids.identity_store_id, external_ids.noun, external_ids.issuer, external_ids.external_id"] = c
}

// findByExternalID finds a user or group by an identifier it had at the reader's instant.
func findByExternalID[T any](r *reader, v *versioned[T], identityStoreID, issuer, id string) (*T, error) {
	live, args := r.live("external_ids", []any{identityStoreID, string(v.noun), issuer, id})
	var entity string
	found, err := r.q.row([]any{&entity},
		"select entity_id from external_ids where identity_store_id = $1 and noun = $2 and issuer = $3 and external_id = $4 and "+live, args...)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, v.notFound(id)
	}
	return v.get(r, entity)
}

// replaceExternalIDs gives a new version its identifiers.
func (t *tx) replaceExternalIDs(noun store.Noun, identityStoreID, id string, ids []idc.ExternalID, version idc.Version) error {
	if err := t.retireExternalIDs(noun, id); err != nil {
		return err
	}
	for _, x := range ids {
		_, err := t.q.exec("insert into external_ids (identity_store_id, noun, entity_id, issuer, external_id, recorded_at) values ($1, $2, $3, $4, $5, $6)",
			identityStoreID, string(noun), id, x.Issuer, x.ID, micros(version.RecordedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// retireExternalIDs ends identifiers when their version ended.
func (t *tx) retireExternalIDs(noun store.Noun, id string) error {
	owners := map[store.Noun]string{store.NounUser: "users", store.NounGroup: "groups"}
	_, err := t.q.exec(fmt.Sprintf(`update external_ids set retired_at =
			(select v.retired_at from %s v where v.id = external_ids.entity_id and v.recorded_at = external_ids.recorded_at)
		where noun = $1 and entity_id = $2 and retired_at is null`, owners[noun]), string(noun), id)
	return err
}
