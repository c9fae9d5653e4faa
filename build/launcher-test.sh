#!/bin/sh
# Tests ./tallyman with a Maven and a JDK that only say how they were called.
set -eu

launcher=$(cd "$(dirname "$0")/.." && pwd)/tallyman
work=$(cd "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$work"' EXIT
unset JAVA25_HOME JAVA_HOME TALLYMAN_AOT TALLYMAN_JAVA_OPTS

# A source tree, with a space in its name, that is searched for JDKs nowhere but in its own `jdks`.
tree="$work/a tree"
mkdir -p "$tree/core/src/main/java" "$tree/core/src/test/java" "$tree/cli" "$work/bin" "$work/jdks"
touch "$tree/pom.xml" "$tree/core/src/main/java/A.java" "$tree/core/src/main/java/B.java"
sed "s|^    /usr/lib/jvm/\*|    '$work'/jdks/*|; s|^    /opt/[^ ]*jdk[^ ;]*||; s|^    /Library.*\\\\|    \\\\|" \
  "$launcher" > "$tree/tallyman"
chmod +x "$tree/tallyman"

executable() { cat > "$1" && chmod +x "$1"; }

executable "$work/bin/mvn" << END
#!/bin/sh
echo "mvn \$*" >> "$work/builds"
echo "what a build says"
[ ! -e "$work/broken" ] || exit 1
mkdir -p cli/target/fast/target/lib
touch cli/target/fast/target/tallyman.jar
END
executable "$work/bin/java" << END
#!/bin/sh
echo "    java.home = $work/jdks/17"
END

# jdk DIRECTORY VERSION
jdk() {
  mkdir -p "$work/jdks/$1/bin"
  printf 'JAVA_RUNTIME_VERSION="%s+1"\nJAVA_VERSION="%s"\n' "$2" "$2" > "$work/jdks/$1/release"
  executable "$work/jdks/$1/bin/java" << 'END'
#!/bin/sh
for option; do
  case $option in
    -XX:AOTCacheOutput=*) echo cache > "${option#*=}" && exit ;;
  esac
done
printf '[%s]' "$@"
END
}

PATH=$work/bin:/usr/bin:/bin
HOME=$work/home
export PATH HOME

start() { (cd / && "$work/link" "$@" 2> "$work/stderr"); }
builds() { wc -l < "$work/builds" | tr -d ' '; }

# check WHAT COMMAND...
check() {
  what=$1
  shift
  if "$@"; then
    echo "ok: $what"
  else
    echo "NOT OK: $what" && cat "$work/stderr" && exit 1
  fi
}
contains() { case $1 in *"$2"*) ;; *) echo "got: $1" && return 1 ;; esac }
lacks() { case $1 in *"$2"*) echo "got: $1" && return 1 ;; *) ;; esac }
fails() { if "$@"; then return 1; fi; }
waitFor() {
  tries=0
  until [ -e "$1" ]; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || return 1
    sleep 0.1
  done
}

ln -s "a tree/tallyman" "$work/first"
ln -s "$work/first" "$work/link"
: > "$work/builds"
jdk 17 17.0.1

check "without a JDK 25 nothing starts" fails start
check "and the remedy is told" contains "$(cat "$work/stderr")" "install it, or set JAVA25_HOME"

jdk 25 25.0.1
out=$(TALLYMAN_AOT=off start spend --by "a b")
check "arguments arrive as they were given" contains "$out" "[dev.tallyman.cli.Tallyman][spend][--by][a b]"
check "what soon ends is compiled quickly" contains "$out" "[-XX:TieredStopAtLevel=1]"
check "what the build says is no output" lacks "$out" "what a build says"
check "but is told" contains "$(cat "$work/stderr")" "what a build says"
check "the first start builds" [ "$(builds)" = 1 ]

TALLYMAN_AOT=off start > /dev/null
check "the second does not" [ "$(builds)" = 1 ]
touch "$tree/core/src/test/java/ATest.java"
TALLYMAN_AOT=off start > /dev/null
check "nor does one after a change in a test" [ "$(builds)" = 1 ]
touch "$tree/core/src/main/java/A.java"
TALLYMAN_AOT=off start > /dev/null
check "a changed source is built" [ "$(builds)" = 2 ]
rm "$tree/core/src/main/java/B.java"
TALLYMAN_AOT=off start > /dev/null
check "and so is a deleted one" [ "$(builds)" = 3 ]

touch "$tree/pom.xml"
TALLYMAN_AOT=off start > "$work/one" &
other=$!
(cd / && TALLYMAN_AOT=off "$work/link" > "$work/two" 2> /dev/null)
wait $other
check "two starts at once build once" [ "$(builds)" = 4 ]
check "and both start" cmp "$work/one" "$work/two"

touch "$tree/pom.xml"
sh -c 'echo $$' > "$work/dead"
ln -s "$(cat "$work/dead")" "$tree/cli/target/app/lock"
TALLYMAN_AOT=off start > /dev/null
check "the lock of one who died is no obstacle" [ "$(builds)" = 5 ]

touch "$tree/pom.xml" "$work/broken"
check "a build that fails starts nothing" fails start
check "and says so" contains "$(cat "$work/stderr")" "the build failed"
rm "$work/broken"

touch "$tree/pom.xml"
executable "$work/bin/ln" << 'END'
#!/bin/sh
exit 1
END
check "where no lock can be made nothing starts" fails start
check "and the folder is named with the remedy" \
  contains "$(cat "$work/stderr")" "cannot write $tree/cli/target/app"
check "in one line" [ "$(wc -l < "$work/stderr")" -eq 1 ]
rm "$work/bin/ln"
mv "$tree/cli/target" "$tree/cli/kept"
touch "$tree/cli/target"
check "nor where no folder can be made" fails start
check "and that is said as well" contains "$(cat "$work/stderr")" "let this user write it"
rm "$tree/cli/target"
mv "$tree/cli/kept" "$tree/cli/target"
if [ "$(id -u)" -ne 0 ]; then
  chmod a-w "$tree/cli/target/app"
  check "nor in a folder that is another's" fails start
  check "and that is said, too" contains "$(cat "$work/stderr")" "let this user write it"
  chmod u+w "$tree/cli/target/app"
fi
TALLYMAN_AOT=off start > /dev/null

out=$(start)
check "the first start of a build has no cache" lacks "$out" "AOTCache"
app=$tree/cli/target/app/$(cat "$tree/cli/target/app/current")
check "but has one made" waitFor "$app/25.0.1+1.aot"
out=$(start status)
check "which the next start takes" contains "$out" "[-XX:AOTCache=$app/25.0.1+1.aot]"
check "before the arguments" contains "$out" "[dev.tallyman.cli.Tallyman][status]"
check "and can be told not to" lacks "$(TALLYMAN_AOT=off start)" "AOTCache"

out=$(TALLYMAN_JAVA_OPTS="-Xmx1g -Da=b" start)
check "the user's options come after ours" contains "$out" "[--enable-native-access=ALL-UNNAMED][-Xmx1g][-Da=b]"
check "what serves is compiled well" lacks "$out" "TieredStopAtLevel"
out=$(TALLYMAN_JAVA_OPTS="-XX:+UseG1GC" start)
check "and do without the cache where they may not go with it" lacks "$out" "AOTCache"

jdk 24 24
jdk other 25.0.2
out=$(JAVA_HOME="$work/jdks/24" start)
check "a JAVA_HOME of another version is passed over" contains "$out" "25.0.1+1.aot"
out=$(JAVA_HOME="$work/jdks/other" TALLYMAN_AOT=off start)
check "a JAVA_HOME of this version is taken" [ -n "$out" ]
out=$(JAVA_HOME="$work/jdks/other" start)
check "the cache of another JDK is not" lacks "$out" "AOTCache"
check "it gets its own" waitFor "$app/25.0.2+1.aot"

touch "$tree/pom.xml"
out=$(start)
check "a new build begins without a cache" lacks "$out" "AOTCache"
app=$tree/cli/target/app/$(cat "$tree/cli/target/app/current")
waitFor "$app/25.0.1+1.aot"
check "only the build before it is kept" [ "$(find "$tree/cli/target/app" -type d -name '*-*' | wc -l)" -eq 2 ]
