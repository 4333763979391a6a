#!/usr/bin/env bash
# The pages as a book, in English and in Chinese: with a search, a table of contents, and the code that the pages link to.
#
#   scripts/book.sh            builds target/book, and follows every link
#   scripts/book.sh serve      only builds it, and serves it on http://127.0.0.1:3000/ (needs python3)
#   scripts/book.sh install    installs mdBook, in a few minutes (needs Rust 1.88)
#
# Ends with 77 where mdBook is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mdbook=0.5.4 mermaid=0.17.1

main() {
    case ${1:-} in
        '') build; check ;;
        serve) build; exec python3 -m http.server 3000 --bind 127.0.0.1 --directory target/book ;;
        install) install_tools ;;
        *) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
    esac
}

install_tools() {
    installed && return
    cargo install --locked "mdbook@$mdbook" --no-default-features --features search
    cargo install --locked "mdbook-mermaid@$mermaid"
}

installed() {
    [ "$(mdbook --version 2>&1)" = "mdbook v$mdbook" ] && [ "$(mdbook-mermaid --version 2>&1)" = "mdbook-mermaid $mermaid" ]
}

build() {
    if ! installed; then
        echo "book.sh: needs mdbook $mdbook and mdbook-mermaid $mermaid; this installs them: scripts/book.sh install" >&2
        exit 77
    fi
    rm -rf target/book-pages target/book
    mkdir -p target/book
    cp docs/index.html target/book
    one en docs zh-CN 中文
    one zh-CN docs/zh-CN en English
    echo "target/book/index.html"
}

# LANGUAGE PAGES OTHER NAME: builds the book of one language, with links to the other one, which has this name.
one() {
    local copy=target/book-pages/$1
    cargo run -q -p lab --example book -- prepare "$2" "$copy/src" "$3" "$4"
    cp "$2/book.toml" docs/book.css docs/chinese-search.js "$copy"
    # Writes the script that draws the diagrams beside book.toml, and names it there.
    quietly mdbook-mermaid install "$copy"
    quietly mdbook build "$copy" --dest-dir "$PWD/target/book/$1"
}

# COMMAND...: shows what it says only if it fails or warns. One warning is not ours: it names the version of mdBook
# that mdbook-mermaid was built against.
quietly() {
    local said
    said=$("$@" 2>&1) || { printf '%s\n' "$said" >&2; exit 1; }
    if grep -iE 'warn|error' <<<"$said" | grep -v 'mdbook-mermaid preprocessor was built against' >&2; then
        echo "book.sh: $1 warns" >&2
        exit 1
    fi
}

# Follows every link. Then opens every page in Chromium, as wide as a phone and as a desk's screen:
# scripts/book-look.html says what is wrong.
check() {
    local browser seen page=target/book-pages/look.html
    cargo run -q -p lab --example book -- check target/book
    browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
        echo "no Chromium here: the width of the pages is not checked"
        return
    }
    cat scripts/book-look.html >"$page"
    (cd target/book && find en zh-CN -name '*.html' | sed 's|.*|<a href="../book/&"></a>|') >>"$page"
    seen=$("$browser" --headless --no-sandbox --disable-gpu --disable-background-networking --allow-file-access-from-files \
        --user-data-dir="$PWD/target/book-pages/browser" --virtual-time-budget=600000 --dump-dom "file://$PWD/$page" 2>/dev/null) || true
    grep -E '^(WRONG:|looked at) ' <<<"$seen" || { echo "book.sh: Chromium has looked at nothing" >&2; exit 1; }
    ! grep -q '^WRONG: ' <<<"$seen"
}

main "$@"
