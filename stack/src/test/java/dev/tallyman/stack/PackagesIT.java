package dev.tallyman.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** What becomes the zips. After another version of a dependency they need {@code mvn clean}. */
final class PackagesIT {
  private static final long MEGABYTE = 1_000_000;

  /** Ours, JSON, what Lambda and snapshots want to be called by, and the client of DynamoDB. */
  private static final Set<String> ALL =
      Set.of(
          "annotations",
          "auth",
          "aws-core",
          "aws-json-protocol",
          "aws-lambda-java-core",
          "checksums",
          "checksums-spi",
          "crac",
          "dynamodb",
          "endpoints-spi",
          "eventstream",
          "http-auth",
          "http-auth-aws",
          "http-auth-aws-eventstream",
          "http-auth-spi",
          "http-client-spi",
          "identity-spi",
          "jackson-core",
          "jackson-jr-objects",
          "json-utils",
          "jspecify",
          "metrics-spi",
          "profiles",
          "protocol-core",
          "reactive-streams",
          "regions",
          "retries",
          "retries-spi",
          "sdk-core",
          "slf4j-api",
          "slf4j-nop",
          "tallyman-api",
          "tallyman-aws",
          "tallyman-core",
          "tallyman-dynamodb",
          "tallyman-lambda",
          "third-party-jackson-core",
          "url-connection-client",
          "utils",
          "utils-lite");

  @Test
  void theApiComesWithWhatItNeeds() throws IOException {
    var expected = new HashSet<>(ALL);
    expected.add("tallyman-page");
    assertThat(names(Function.API)).isEqualTo(expected);
    assertThat(zipped(Function.API)).isLessThan(7 * MEGABYTE);
  }

  @Test
  void thePollerComesWithTheProviderItsKeysAndTheTopicToo() throws IOException {
    var expected = new HashSet<>(ALL);
    expected.addAll(
        List.of(
            "aws-query-protocol",
            "eventbridge",
            "sns",
            "ssm",
            "tallyman-http",
            "tallyman-openai",
            "tallyman-sns",
            "tallyman-ssm"));
    assertThat(names(Function.POLLER)).isEqualTo(expected);
    assertThat(zipped(Function.POLLER)).isLessThan(12 * MEGABYTE);
  }

  @Test
  void theAlertsComeWithTheChannelsAndTheirSecretsToo() throws IOException {
    var expected = new HashSet<>(ALL);
    expected.addAll(
        List.of(
            "aws-query-protocol",
            "httpcore5",
            "sns",
            "ssm",
            "tallyman-channels",
            "tallyman-http",
            "tallyman-sns",
            "tallyman-ssm"));
    assertThat(names(Function.ALERT)).isEqualTo(expected);
    assertThat(zipped(Function.ALERT)).isLessThan(12 * MEGABYTE);
  }

  /** The names of the jars, without their versions. */
  private static Set<String> names(Function function) {
    return function.jars().stream()
        .map(jar -> jar.getFileName().toString().replaceFirst("-[0-9][0-9A-Za-z.-]*\\.jar$", ""))
        .collect(Collectors.toSet());
  }

  /** How many bytes the zip has. */
  private static long zipped(Function function) throws IOException {
    var counted = new Counted();
    try (var zip = new ZipOutputStream(counted);
        var files = Files.walk(function.packaged())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(function.packaged().relativize(file).toString()));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return counted.bytes;
  }

  private static final class Counted extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] b, int offset, int length) {
      bytes += length;
    }
  }
}
