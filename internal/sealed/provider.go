package sealed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeyProvider wraps and unwraps data keys with a master key that it keeps to itself. An
// implementation in a KMS may take a network round trip; a Ring calls it when keys change, never to
// seal or open.
type KeyProvider interface {
	// Wrap encrypts a data key.
	Wrap(ctx context.Context, plaintext []byte) ([]byte, error)
	// Unwrap decrypts what Wrap returned, and fails for everything else.
	Unwrap(ctx context.Context, wrapped []byte) ([]byte, error)
}

// FileKeyProvider is a KeyProvider whose master key is a file of 32 random bytes. Who can read the
// file can read every sealed value; back it up apart from the database.
type FileKeyProvider struct {
	masterKey
}

// OpenFileKeyProvider reads the key file at path, and creates it, readable by its owner alone, when
// there is none. It refuses a file that the group or others may read, and one of another size.
func OpenFileKeyProvider(path string) (*FileKeyProvider, error) {
	if err := createKeyFile(path); err != nil {
		return nil, fmt.Errorf("creating key file: %w", err)
	}
	key, err := readKeyFile(path)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	master, err := newXAES(key)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return &FileKeyProvider{masterKey{master}}, nil
}

// createKeyFile makes the file appear complete or not at all, and never replaces one: of two
// processes that start together, one creates the key and both use it.
func createKeyFile(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // CreateTemp gives mode 0600
	if err != nil {
		return err
	}
	var key [keySize]byte
	rand.Read(key[:])
	_, err = tmp.Write(key[:])
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Link(tmp.Name(), path)
		if errors.Is(err, fs.ErrExist) {
			err = nil
		}
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	return errors.Join(err, os.Remove(tmp.Name()))
}

// syncDir makes the file's name as durable as its content: a key that is lost after it sealed
// something loses that too.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func readKeyFile(path string) (key []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening key file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("key file %s is not a regular file", path)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("key file %s can be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	case info.Size() != keySize:
		return nil, fmt.Errorf("key file %s has %d bytes, want %d", path, info.Size(), keySize)
	}
	key = make([]byte, keySize)
	if _, err := f.ReadAt(key, 0); err != nil {
		return nil, fmt.Errorf("reading key file: %w", err)
	}
	return key, nil
}

// wrapPurpose keeps the master key's ciphertexts apart from those of data keys.
const wrapPurpose = "gatehouse data key v1"

// masterKey wraps and unwraps in this process's memory.
type masterKey struct{ cipher *xaes }

// Wrap returns version, nonce, ciphertext and tag.
func (m masterKey) Wrap(_ context.Context, plaintext []byte) ([]byte, error) {
	return m.cipher.seal([]byte{version}, plaintext, []byte(wrapPurpose)), nil
}

// Unwrap answers ErrTampered for what another master key wrapped.
func (m masterKey) Unwrap(_ context.Context, wrapped []byte) ([]byte, error) {
	if len(wrapped) < 1+nonceSize+tagSize || wrapped[0] != version {
		return nil, ErrTampered
	}
	plaintext, err := m.cipher.open(nil, wrapped[1:], []byte(wrapPurpose))
	if err != nil {
		return nil, ErrTampered
	}
	return plaintext, nil
}
