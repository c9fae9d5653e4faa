package dev.tallyman.cli;

import dev.tallyman.cli.ask.RemoteAsk;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.sqlite.NativeLibrary;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Does once, in a folder of its own and to nobody, what the command mostly does, so that the JDK
 * can note what that loads and links for its ahead-of-time cache.
 */
public final class Rehearsal {
  private static final Duration LONGEST_START = Duration.ofMinutes(1);

  /** Long enough for a cycle and a slice of history. */
  private static final Duration POLLING = Duration.ofSeconds(15);

  private Rehearsal() {}

  /**
   * Serves the simulated organization for a moment, and asks it a few questions.
   *
   * @param args the folder into which the native part of the SQLite driver is unpacked
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    NativeLibrary.unpack(Path.of(args[0]));
    Path folder = Files.createTempDirectory("tallyman-rehearsal");
    try {
      int code = run(folder);
      if (code != Exit.OK) {
        System.exit(code);
      }
    } finally {
      delete(folder);
    }
  }

  private static int run(Path folder) throws InterruptedException {
    ProcessContext context = context(folder);
    Stop stop = new Stop();
    AtomicInteger port = new AtomicInteger();
    AtomicInteger code = new AtomicInteger();
    CountDownLatch listening = new CountDownLatch(1);
    Thread server =
        Thread.ofPlatform()
            .start(() ->
                code.set(
                    Tallyman.commandLine(
                            context,
                            stop,
                            p -> {
                              port.set(p);
                              listening.countDown();
                            })
                        .execute("serve", "--port", "0")));
    try {
      if (!listening.await(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS)) {
        return Exit.BUG;
      }
      try (RemoteAsk ask =
          new RemoteAsk("http://127.0.0.1:" + port.get(), java.util.Optional.empty(), Map.of())) {
        ask.send("GET", "/health", List.of(), Map.of(), new byte[0]);
        stop.await(POLLING);
        ask.send("GET", "/api/v1/query", List.of(), Map.of(), new byte[0]);
      }
      Tallyman.run(context, new Stop(), "spend");
      Tallyman.run(context, new Stop(), "today");
    } finally {
      stop.now();
      server.join();
    }
    return code.get();
  }

  private static ProcessContext context(Path folder) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return new ProcessContext(
        Map.of("TALLYMAN_DATA", folder.toString()),
        folder,
        folder,
        false,
        InstantSource.system(),
        new Terminal(nowhere, nowhere, false, false, 100, 100, false, false));
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path each, @org.jspecify.annotations.Nullable IOException e) throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
