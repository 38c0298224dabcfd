#!/bin/sh
# Takes out of the installed packages what no program reads: maps, type declarations, sources, tests, documentation, and
# of Swagger UI all but the files that /docs serves. Licences stay.
set -eu
cd "$1"
find . -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.tsbuildinfo' -o -name '*.flow' \
  -o -iname 'readme*' -o -iname 'changelog*' -o -iname 'history.*' -o -iname 'contributing*' -o -name '.*rc' -o -name '.*.yml' \
  -o -name '.editorconfig' -o -name '.npmignore' -o -name 'tsconfig*.json' \) -delete
# A folder of such a name deeper down can be code.
for folder in test tests __tests__ docs doc example examples bench benchmark benchmarks coverage .github; do
  rm -rf ./*/"$folder" ./@*/*/"$folder"
done
if [ -d swagger-ui-dist ]; then
  find swagger-ui-dist -type f ! -name package.json ! -name LICENSE ! -name NOTICE ! -name swagger-ui.css \
    ! -name swagger-ui-bundle.js ! -name swagger-ui-bundle.js.LICENSE.txt -delete
fi
find . -type d -empty -delete
