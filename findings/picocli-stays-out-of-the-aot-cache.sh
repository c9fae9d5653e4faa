#!/usr/bin/env bash
# picocli 4.7.7 and JDK 25: an ahead-of-time cache holds no class of picocli, without a word unless one asks.
#
# A command line tool is what an ahead-of-time cache (JEP 483, JEP 514) is for, and picocli the usual library
# of one. Its jar is compiled for Java 5 though, whose class files have no stack maps, and the cache leaves out
# classes that only the old verifier can check. So after training all of the tool comes from the cache but its
# parser, some 180 classes, which are read from the jar and verified by the slow verifier at each start. The same
# sources, compiled for the JDK in use, come from the cache.
# Needs Maven and a JDK 25 (JAVA25_HOME, or java on the path); resolves the artifacts as Maven is set up to.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
java=${JAVA25_HOME:+$JAVA25_HOME/bin/}
cd "$folder"

fetch() {
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy -Dartifact="$1" \
    -DoutputDirectory="$folder" > maven.log 2>&1 || { cat maven.log >&2; exit 1; }
}
fetch info.picocli:picocli:4.7.7
fetch info.picocli:picocli:4.7.7:jar:sources

cat > Tool.java << 'JAVA'
import picocli.CommandLine;
import picocli.CommandLine.Option;

@CommandLine.Command(name = "tool")
public class Tool implements Runnable {
  @Option(names = "--name") String name = "";

  public void run() {
    System.out.println("name " + name);
  }

  public static void main(String[] args) {
    System.exit(new CommandLine(new Tool()).execute(args));
  }
}
JAVA

# Prints how many classes of picocli come from the cache, and how many from the jar.
count() {
  local jar=$1
  "${java}javac" -proc:none -cp "$jar" -d "$2" Tool.java
  "${java}jar" -c -f "$2.jar" -C "$2" .
  "${java}java" -XX:AOTCacheOutput="$2.aot" -cp "$2.jar:$jar" Tool --name x > /dev/null 2>&1
  "${java}java" -XX:AOTCache="$2.aot" -Xlog:class+load:file="$2.txt" -cp "$2.jar:$jar" Tool --name x > /dev/null
  echo "$(grep -c ' picocli\..*shared objects file' "$2.txt" || true) $(grep ' picocli\.' "$2.txt" | grep -vc 'shared objects file' || true)"
}

mkdir sources compiled
(cd sources && "${java}jar" -x -f ../picocli-4.7.7-sources.jar)
"${java}javac" -nowarn --release 25 -d compiled sources/picocli/*.java 2> /dev/null
"${java}jar" -c -f compiled.jar -C compiled .

published=$(count picocli-4.7.7.jar one)
recompiled=$(count compiled.jar two)
"${java}java" -version 2>&1 | head -n 1
echo "picocli as published: ${published% *} classes from the cache, ${published#* } from the jar"
echo "compiled for JDK 25: ${recompiled% *} from the cache, ${recompiled#* } from the jar"
[[ ${published% *} == 0 && ${published#* } -gt 100 && ${recompiled% *} -gt 100 ]] ||
  { echo "The behaviour has changed." >&2; exit 1; }
