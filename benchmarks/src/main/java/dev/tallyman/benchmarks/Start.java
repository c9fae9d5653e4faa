package dev.tallyman.benchmarks;

import dev.tallyman.benchmarks.support.Folders;
import dev.tallyman.benchmarks.support.Http;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One start of {@code ./tallyman} with the simulated organization and an empty ledger.
 *
 * @param healthy nanoseconds until {@code /health} answered
 * @param processor nanoseconds of processor time that it had used by then
 * @param filled nanoseconds until 90 days of history were there
 */
record Start(long healthy, long processor, long filled) {
  private static final long PATIENCE = Duration.ofMinutes(5).toNanos();

  /**
   * Has the launcher build what is stale, and waits for the end of the rehearsal that makes the
   * cache for later starts: until then they are slower, and share the processor with it.
   *
   * @throws IOException if there is no cache then
   */
  static void prepare(Path launcher) throws IOException {
    run(launcher, true);
    if (!holds(build(launcher), "*.aot")) {
      throw new IOException("the rehearsal left no cache in " + build(launcher));
    }
  }

  static Start measure(Path launcher) throws IOException {
    return run(launcher, false);
  }

  private static Path build(Path launcher) throws IOException {
    Path builds = launcher.resolveSibling("cli/target/app");
    return builds.resolve(Files.readString(builds.resolve("current")).strip());
  }

  private static boolean holds(Path folder, String pattern) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
      return found.iterator().hasNext();
    }
  }

  private static Start run(Path launcher, boolean rehearsal) throws IOException {
    Path folder = Folders.temporary();
    Path log = folder.resolve("log");
    int port = freePort();
    var builder =
        new ProcessBuilder(
            launcher.toString(),
            "serve",
            "--port",
            Integer.toString(port),
            "--data",
            folder.toString());
    builder.environment().remove("OPENAI_ADMIN_KEY");
    builder.directory(folder.toFile());
    long began = System.nanoTime();
    Process process = builder.redirectOutput(Redirect.DISCARD).redirectError(log.toFile()).start();
    try {
      String health = "http://127.0.0.1:" + port + "/health";
      while (!answers(health)) {
        wait(process, began);
      }
      long healthy = System.nanoTime() - began;
      long processor = process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
      while (!Files.readString(log).contains("\"event\":\"filled\"")) {
        wait(process, began);
      }
      long filled = System.nanoTime() - began;
      while (rehearsal && holds(build(launcher), "*.aot.lock")) {
        wait(process, began);
      }
      return new Start(healthy, processor, filled);
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean answers(String uri) throws IOException {
    try {
      return Http.send(uri).statusCode() == 200;
    } catch (ConnectException _) {
      return false;
    }
  }

  private static void wait(Process process, long began) throws IOException {
    try {
      if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
        throw new IOException("it ended with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    if (System.nanoTime() - began > PATIENCE) {
      throw new IOException("it takes longer than five minutes");
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
