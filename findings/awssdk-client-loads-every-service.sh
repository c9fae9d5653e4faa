#!/usr/bin/env bash
# AWS SDK for Java 2.41.18: building one client loads a class for every service of AWS, whatever it is given.
#
# A client that is given region, endpoint and credentials in code has nothing left to look up, so one expects
# that it reads no tables of regions and endpoints; a first start on Lambda is paid for by the class. Yet
# build() asks which region signs, and that lookup fills one map with an object of each service that the SDK
# was generated with, and another with one of each region: more classes than building takes from any other jar.
# Needs Maven and a JDK 17 or newer; resolves the artifacts as Maven is set up to. Calls nothing over the network
# but that.
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
  <dependencies>
    <dependency><groupId>software.amazon.awssdk</groupId><artifactId>dynamodb</artifactId><version>2.41.18</version>
      <exclusions>
        <exclusion><groupId>software.amazon.awssdk</groupId><artifactId>apache-client</artifactId></exclusion>
        <exclusion><groupId>software.amazon.awssdk</groupId><artifactId>netty-nio-client</artifactId></exclusion>
      </exclusions></dependency>
    <dependency><groupId>software.amazon.awssdk</groupId><artifactId>url-connection-client</artifactId><version>2.41.18</version></dependency>
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies -DoutputDirectory=lib > maven.log 2>&1 ||
  { cat maven.log >&2; exit 1; }

cat > One.java << 'JAVA'
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class One {
  public static void main(String[] args) {
    DynamoDbClient.builder()
        .region(Region.EU_CENTRAL_1)
        .endpointOverride(URI.create("https://dynamodb.eu-central-1.amazonaws.com"))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build()
        .close();
  }
}
JAVA
javac -cp 'lib/*' One.java
java -Xlog:class+load:file=classes.txt -cp 'lib/*:.' One 2> /dev/null

count() { grep -c "software\.amazon\.awssdk\.regions\.$1\.[A-Za-z0-9]* source: " classes.txt || true; }
services=$(count servicemetadata)
regions=$(count regionmetadata)
others=$(grep -o 'source: .*/lib/[a-z0-9-]*' classes.txt | sed 's|.*/||; s|-[0-9].*||' | grep -v '^regions' | sort | uniq -c | sort -rn | awk 'NR==1{print $1" of "$2}')
echo "one client of DynamoDB, everything given: $services classes of services, $regions of regions; next most: $others"
[[ $services -ge 300 && $regions -ge 30 ]] || { echo "The behaviour has changed." >&2; exit 1; }
