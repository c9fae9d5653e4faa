#!/usr/bin/env bash
# openai-java 4.101.0 cannot give the amounts that the Costs API sends.
#
# The provider's specification types `amount.value` of GET /v1/organization/costs as a number; its
# API has sent a string of decimals since early 2026. The official clients take that differently.
# The Java client reads the page without a complaint, and then:
#
#   amount.value()    throws OpenAIInvalidDataException
#   amount._value()   gives the raw JSON, the only way to the digits
#
# Where the API sends a number, value() is an Optional<Double>: never exact money.
# Needs Maven and a JDK 17 or newer; resolves the package as Maven is set up to.
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
    <dependency><groupId>com.openai</groupId><artifactId>openai-java-core</artifactId><version>4.101.0</version></dependency>
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies -DoutputDirectory=lib > maven.log 2>&1 \
  || { cat maven.log >&2; exit 1; }

cat > Finding.java << 'JAVA'
import com.openai.core.ObjectMappers;
import com.openai.models.admin.organization.usage.UsageCostsResponse;

class Finding {
  public static void main(String[] arguments) throws Exception {
    System.out.println("string: " + read("\"0.000004500000000000000000000000000000000\""));
    System.out.println("number: " + read("0.0000045"));
  }

  private static String read(String value) throws Exception {
    var page =
        """
        {"object": "page", "has_more": false, "next_page": null, "data": [
          {"object": "bucket", "start_time": 1781481600, "end_time": 1781568000, "results": [
            {"object": "organization.costs.result", "line_item": "gpt-4o-mini-2024-07-18, input",
             "quantity": 30.0, "project_id": "proj_x", "api_key_id": null,
             "amount": {"value": %s, "currency": "usd"}}]}]}
        """
            .formatted(value);
    var amount =
        ObjectMappers.jsonMapper()
            .readValue(page, UsageCostsResponse.class)
            .data().get(0)
            .results().get(0)
            .asOrganizationCosts()
            .amount().orElseThrow();
    String typed;
    try {
      Object given = amount.value().orElseThrow();
      typed = given + " of " + given.getClass().getSimpleName();
    } catch (RuntimeException e) {
      typed = e.getClass().getSimpleName();
    }
    return "value() " + typed + ", _value() " + amount._value();
  }
}
JAVA
java -cp "lib/*" Finding.java 2> java.log > seen || { cat java.log >&2; exit 1; }

cat > expected << 'SEEN'
string: value() OpenAIInvalidDataException, _value() 0.000004500000000000000000000000000000000
number: value() 4.5E-6 of Double, _value() 4.5E-6
SEEN
cat seen
diff expected seen || { echo "The behaviour has changed." >&2; exit 1; }
