#!/bin/sh
# Crawl every site of a list, one after the other, and print only what needs a person: cron mails what is printed.
#
#   examples/nightly.sh SITES-FILE REPORTS-FOLDER [scrapy arguments]
#
# SITES-FILE has one address a line; lines that begin with # are left out. ARCHIVE_URI and CRAWL_CONTACT
# come from the environment. The exit status is the highest of all crawls: 0 when every one was complete.
set -u
[ $# -ge 2 ] || { sed -n '2,7p' "$0" >&2; exit 2; }
sites=$1 reports=$2
shift 2
cd "$(dirname "$0")/.." || exit 2
mkdir -p "$reports" || exit 2
worst=0
while read -r site; do
    case $site in '' | '#'*) continue ;; esac
    name=$(printf '%s' "$site" | sed 's|^[a-z]*://||; s|[^A-Za-z0-9.-]|_|g')
    .venv/bin/scrapy crawl wordpress -a site="$site" -a report="$reports/$name.json" -s CRAWL_PROGRESS=off "$@" \
        >"$reports/$name.log" 2>&1 </dev/null
    status=$?
    [ "$status" -gt "$worst" ] && worst=$status
    if [ "$status" -ne 0 ]; then
        echo "$site: exit status $status"
        tail -n 5 "$reports/$name.log"
    fi
done <"$sites"
exit "$worst"
