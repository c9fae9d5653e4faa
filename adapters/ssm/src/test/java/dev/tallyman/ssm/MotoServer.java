package dev.tallyman.ssm;

import dev.tallyman.core.CleanProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * The server of moto (PyPI) as a process of its own, one for all tests of this JVM, started when
 * first asked for and ended with the JVM. It stands in for services of AWS where nothing races: its
 * conditional writes are not atomic.
 */
public final class MotoServer {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String PROGRAM = "moto_server";

  private static @Nullable URI running;
  private static @Nullable SsmClient shared;

  private MotoServer() {}

  /** Where it listens. Aborts the test if moto is not installed. */
  public static synchronized URI endpoint() {
    URI known = running;
    if (known == null) {
      known = start();
      running = known;
    }
    return known;
  }

  /** A client to this process. Aborts the test if moto is not installed. */
  public static synchronized SsmClient client() {
    SsmClient known = shared;
    if (known == null) {
      known =
          AdminKeys.clientBuilder()
              .endpointOverride(endpoint())
              .region(Region.US_EAST_1)
              .credentialsProvider(
                  StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
              .build();
      shared = known;
    }
    return known;
  }

  private static URI start() {
    try {
      int port = freePort();
      Process process =
          CleanProcess.of(program(), "-H", "127.0.0.1", "-p", "" + port)
              .redirectErrorStream(true)
              .redirectOutput(Files.createTempFile("moto-", ".log").toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      awaitReady(process, port);
      return URI.create("http://127.0.0.1:" + port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while moto was starting", e);
    }
  }

  /** Where it is on the path, to which .ci/run adds it. */
  private static String program() {
    var found =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .map(folder -> Path.of(folder, PROGRAM))
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(
        found.isPresent(),
        "run .ci/run, which installs moto of PyPI, or put its " + PROGRAM + " on the path");
    return found.orElseThrow().toString();
  }

  private static void awaitReady(Process process, int port)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (ConnectException e) {
        if (System.nanoTime() > deadline) {
          process.destroyForcibly();
          throw new IllegalStateException("moto does not answer at " + port, e);
        }
      }
    }
    throw new IllegalStateException("moto ended with " + process.exitValue());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
