// Package web holds what the browser gets: the templates of the pages, the style
// sheets, the script, the font and the icons, embedded into the binary.
//
// Folders: templates/ (layout.html is the frame, partials/ its parts, pages/ one
// file for each page struct of internal/webui), assets/ (served under /assets/:
// gatehouse.css, gatehouse.js and the logo are ours, vendor/ is not) and icons/
// (vendored, drawn into the pages). scripts/web-assets/vendor.sh fetched what is vendored, at pinned
// versions; licences stand in assets/vendor/LICENSES.txt.
//
// Only internal/webui imports this package.
package web
