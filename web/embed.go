package web

import (
	"embed"
	"io/fs"
)

//go:embed templates assets icons
var files embed.FS

// Templates is the html/template sources.
func Templates() fs.FS { return sub("templates") }

// Assets is the files served as they are.
func Assets() fs.FS { return sub("assets") }

// Icons is the SVG drawings that pages carry inline.
func Icons() fs.FS { return sub("icons") }

// sub cannot fail: the names are constants and valid paths.
func sub(folder string) fs.FS {
	f, err := fs.Sub(files, folder)
	if err != nil {
		panic(err)
	}
	return f
}
