package destination

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

// Directory is a bucket in a folder: an object's key is its path in there. What S3
// keeps as an object's metadata lies beside, as JSON, under the same path in the
// folder .metadata.
type Directory struct {
	path string
}

const (
	metadataFolder = ".metadata"
	folderMode     = 0o750
	fileMode       = 0o640
)

// NewDirectory makes a folder, where it is missing, to deliver to.
func NewDirectory(path string) (*Directory, error) {
	return &Directory{path: path}, os.MkdirAll(path, folderMode)
}

// Put implements trail.Destination. The object is on disk, whole, when it returns.
// Keys do not lead out of the folder, and nor do links in it.
func (d *Directory) Put(_ context.Context, key string, body []byte, metadata map[string]string) (err error) {
	if !filepath.IsLocal(key) {
		return &trail.DeliveryError{Code: "InvalidObjectName", Err: fmt.Errorf("%q leads out of the folder", key)}
	}
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if len(metadata) > 0 {
		text, err := json.Marshal(metadata)
		if err != nil {
			return err
		}
		// It comes first: an object is never there without it.
		if err := write(root, path.Join(metadataFolder, key+".json"), text); err != nil {
			return refused(err)
		}
	}
	return refused(write(root, key, body))
}

func write(root *os.Root, name string, body []byte) (err error) {
	folder := path.Dir(name)
	if err := root.MkdirAll(folder, folderMode); err != nil {
		return err
	}
	// The same name for every try: what a crash left behind is written over.
	half := path.Join(folder, ".part-"+path.Base(name))
	f, err := root.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, root.Remove(half))
	}
	if err := root.Rename(half, name); err != nil {
		return err
	}
	return syncFolder(root, folder)
}

// syncFolder makes the name of a file durable.
func syncFolder(root *os.Root, folder string) error {
	f, err := root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// refused gives a failure S3's code.
func refused(err error) error {
	if err == nil {
		return nil
	}
	code := "InternalError"
	switch {
	case errors.Is(err, fs.ErrPermission):
		code = "AccessDenied"
	case errors.Is(err, fs.ErrNotExist):
		code = "NoSuchBucket"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		code = "InsufficientStorage"
	}
	return &trail.DeliveryError{Code: code, Err: err}
}
