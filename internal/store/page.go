package store

import "sort"

// Fetch reads one page of a stored list and the cursor of the next page, which
// is "" at the end. list is a Reader's list, key gives an item's cursor.
func Fetch[T any](p Page, list func(Page) ([]T, error), key func(T) string) ([]T, string, error) {
	ask := p
	if p.Limit > 0 {
		ask.Limit = p.Limit + 1
	}
	items, err := list(ask)
	if err != nil {
		return nil, "", err
	}
	if p.Limit <= 0 || len(items) <= p.Limit {
		return items, "", nil
	}
	items = items[:p.Limit]
	return items, key(items[p.Limit-1]), nil
}

// Cut takes one page out of a list that is already in memory, ordered by key,
// and the cursor of the next page, which is "" at the end. It sorts items.
func Cut[T any](p Page, items []T, key func(T) string) ([]T, string) {
	sort.SliceStable(items, func(i, j int) bool { return key(items[i]) < key(items[j]) })
	if p.After != "" {
		start := sort.Search(len(items), func(i int) bool { return key(items[i]) > p.After })
		items = items[start:]
	}
	if p.Limit <= 0 || len(items) <= p.Limit {
		return items, ""
	}
	items = items[:p.Limit]
	return items, key(items[p.Limit-1])
}
