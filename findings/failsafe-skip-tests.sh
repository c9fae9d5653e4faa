#!/usr/bin/env bash
# maven-failsafe-plugin 3.6.1: -DskipTests no longer skips integration tests.
#
# Up to 3.5.4 the property skipTests switched off unit tests and integration tests alike, so that
# `mvn verify -DskipTests` packaged without running anything. Since 3.6.0 it reaches surefire only
# (apache/maven-surefire pull request 3371): after the same change of version the same command
# starts the integration tests. -DskipITs skips those; -Dmaven.test.skip skips all.
# Needs Maven and a JDK 17 or newer; resolves the plugins as Maven is set up to.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > pom.xml << 'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>6.1.3</version><scope>test</scope></dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-resources-plugin</artifactId><version>3.5.0</version></plugin>
      <plugin><artifactId>maven-clean-plugin</artifactId><version>3.5.0</version></plugin>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.16.0</version></plugin>
      <plugin><artifactId>maven-jar-plugin</artifactId><version>3.3.0</version></plugin>
      <plugin><artifactId>maven-surefire-plugin</artifactId><version>${version}</version></plugin>
      <plugin>
        <artifactId>maven-failsafe-plugin</artifactId>
        <version>${version}</version>
        <executions><execution><goals><goal>integration-test</goal><goal>verify</goal></goals></execution></executions>
      </plugin>
    </plugins>
  </build>
</project>
POM
mkdir -p src/test/java
for class in UnitTest UnitIT; do
  cat > src/test/java/$class.java << JAVA
class $class {
  @org.junit.jupiter.api.Test
  void runs() {
    System.out.println("ran $class");
  }
}
JAVA
done

for version in 3.5.4 3.6.1; do
  for option in skipTests skipITs maven.test.skip; do
    mvn -q -B -Dversion=$version -D$option clean verify > maven.log 2>&1 || { cat maven.log >&2; exit 1; }
    echo "$version -D$option:$(sed -n 's/.*ran \(Unit[A-Z]*[a-z]*\)/ \1/p' maven.log | sort | tr -d '\n')"
  done
done > seen

cat > expected << 'SEEN'
3.5.4 -DskipTests:
3.5.4 -DskipITs: UnitTest
3.5.4 -Dmaven.test.skip:
3.6.1 -DskipTests: UnitIT
3.6.1 -DskipITs: UnitTest
3.6.1 -Dmaven.test.skip:
SEEN
cat seen
diff expected seen || { echo "The behaviour has changed." >&2; exit 1; }
