#!/bin/sh
# Fetches the vendored style sheet, font and icons of the web pages at pinned
# versions, checks them against pinned hashes, and copies only what is used into
# web/. Run it after a change of a version here; its result is committed.
# Needs npm and sha512sum.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# fetch PACKAGE VERSION SHA512 unpacks the package into ./NAME, NAME being the
# package's name without its scope.
fetch() {
	file=$(npm pack --silent "$1@$2")
	echo "$3  $file" | sha512sum --check --quiet
	mkdir "${1##*/}"
	tar -xzf "$file" -C "${1##*/}" --strip-components=1
}

fetch @picocss/pico 2.1.1 \
	9080ee800ecfb3853ed811f188d1e6be03c840358f0d4e08794e9335176f5d0335b995fe1626ea0d04f6c543a79cedb2abf2d41dcc271a5bb586f7f829f5e732
fetch lucide-static 1.62.0 \
	581640fe6d8fbe41693061c3b6c05c9393f603d1b87a12e562ee06c30202726126d41bd85608f4d25083c4a4562e56cc94e89b2da8b0750f3c1b9a479125a0c0
fetch @fontsource-variable/inter 5.3.0 \
	3aea4be3cbdae093687dbf7bc3a358785f52ed6fe41cd28cd04afc0de9b99ea8b88de38bad5243a04f2d644a673099ad92f35b0751083cfc0771d905e9bd6850

vendor=$root/web/assets/vendor
icons=$root/web/icons
rm -rf "$vendor" "$icons"
mkdir -p "$vendor" "$icons"

# In a cascade layer, so that gatehouse.css wins whatever the selectors.
{
	echo '@layer pico{'
	sed -e 's/^@charset "UTF-8";//' pico/css/pico.min.css
	echo '}'
} >"$vendor/pico.css"
cp inter/files/inter-latin-wght-normal.woff2 "$vendor/inter.woff2"

while read -r name; do
	# Templates say how large and which colour; the comment repeats the licence.
	sed -e '/^<!--.*-->$/d' -e 's/ class="[^"]*"//' "lucide-static/icons/$name.svg" |
		tr '\n' ' ' | sed -e 's/  */ /g' -e 's/ $//' >"$icons/$name.svg"
	echo >>"$icons/$name.svg"
done <"$root/scripts/web-assets/icons.txt"

{
	echo "Pico CSS 2.1.1 (pico.css)"
	echo
	cat pico/LICENSE.md
	printf '\n\n----\n\nLucide icons 1.62.0 (drawn into the pages)\n\n'
	cat lucide-static/LICENSE
	printf '\n\n----\n\nInter, as packaged by Fontsource 5.3.0 (inter.woff2)\n\n'
	cat inter/LICENSE
} >"$vendor/LICENSES.txt"
