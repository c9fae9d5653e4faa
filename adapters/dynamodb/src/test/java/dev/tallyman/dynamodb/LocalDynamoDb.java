package dev.tallyman.dynamodb;

import dev.tallyman.core.CleanProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/**
 * DynamoDB Local as a process of its own, one for all tests of this JVM, started when first asked
 * for and ended with the JVM. It keeps its tables in memory and tells nobody of its use.
 */
public final class LocalDynamoDb {
  private static final String SKIP = "skipDynamoDbLocal";
  private static final int ATTEMPTS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static @Nullable URI running;
  private static @Nullable DynamoDbClient shared;

  private LocalDynamoDb() {}

  /** Where it listens. Aborts the test if it was asked to be left out. */
  public static synchronized URI endpoint() {
    Assumptions.assumeTrue(
        System.getProperty(SKIP) == null, "run Maven without -D" + SKIP + ": needs DynamoDB Local");
    var known = running;
    if (known == null) {
      known = start();
      running = known;
    }
    return known;
  }

  /** The adapter's own client to this process, open until the JVM ends. */
  public static synchronized DynamoDbClient client() {
    var known = shared;
    if (known == null) {
      known = clientBuilder().build();
      shared = known;
    }
    return known;
  }

  /** The settings of the adapter's own client, turned to this process. */
  public static DynamoDbClientBuilder clientBuilder(ExecutionInterceptor... observers) {
    return DynamoDbStore.clientBuilder(observers)
        .endpointOverride(endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
  }

  private static URI start() {
    try {
      return start(library());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while DynamoDB Local was starting", e);
    }
  }

  private static URI start(Path library) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      // Another process may take the port before DynamoDB Local does; then it ends at once.
      var uri = URI.create("http://127.0.0.1:" + freePort());
      var log = library.resolveSibling("dynamodb-local-" + uri.getPort() + ".log");
      var builder =
          CleanProcess.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-Xmx384m",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  library + File.separator + "*",
                  "software.amazon.dynamodb.services.local.main.ServerRunner",
                  "-inMemory",
                  "-disableTelemetry",
                  "-port",
                  "" + uri.getPort())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().put("DDB_LOCAL_TELEMETRY", "0");
      var process = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      if (awaitReady(process, uri)) {
        return uri;
      }
      if (attempt == ATTEMPTS) {
        throw new IllegalStateException("DynamoDB Local ended: " + Files.readString(log));
      }
    }
  }

  /** Whether it answers; false if it ended before. */
  private static boolean awaitReady(Process process, URI uri)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (var http = HttpClient.newHttpClient()) {
      while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
        try {
          http.send(request, BodyHandlers.discarding());
          return true;
        } catch (ConnectException e) {
          if (System.nanoTime() > deadline) {
            process.destroyForcibly();
            throw new IllegalStateException("DynamoDB Local does not answer at " + uri, e);
          }
        }
      }
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The folder of its jars, seen from whatever module runs. */
  private static Path library() {
    return Checkout.find("adapters/dynamodb/local/target/lib")
        .orElseThrow(() ->
            new IllegalStateException(
                "DynamoDB Local is not fetched: run `mvn verify -pl adapters/dynamodb -am`, or"
                    + " leave these tests out by -D"
                    + SKIP));
  }
}
