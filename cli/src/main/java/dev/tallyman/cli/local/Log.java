package dev.tallyman.cli.local;

import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Progress;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.PollEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** One JSON object a line, of what a server does. */
final class Log implements AutoCloseable {
  private final PrintWriter writer;
  private final boolean owned;
  private final InstantSource clock;
  private final Progress progress;
  private final Lock lock = new ReentrantLock();

  private Log(PrintWriter writer, boolean owned, InstantSource clock, Progress progress) {
    this.writer = writer;
    this.owned = owned;
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * A log that is added to a file or, without one, written beside what a person is told.
   *
   * @param progress is drawn below the lines
   */
  static Log open(Optional<Path> file, Terminal terminal, InstantSource clock, Progress progress) {
    if (file.isEmpty()) {
      return new Log(terminal.err(), false, clock, progress);
    }
    try {
      return new Log(
          new PrintWriter(
              Files.newBufferedWriter(
                  file.get(),
                  StandardCharsets.UTF_8,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND)),
          true,
          clock,
          progress);
    } catch (IOException e) {
      throw new Failure(Exit.USAGE, "--access-log " + file.get() + " cannot be written", e);
    }
  }

  /** Writes a line that is JSON already. */
  void line(String json) {
    lock.lock();
    try {
      progress.clear();
      writer.print(json + "\n");
      writer.flush();
    } finally {
      lock.unlock();
    }
  }

  /** Writes that something happened. */
  void event(String event, Map<String, ?> members) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", clock.instant().toString());
    line.put("event", event);
    line.putAll(members);
    line(Json.line(line));
  }

  /** Writes what happened, and shows a person how far history has come until the next line. */
  void event(PollEvent event) {
    event(event.name(), event.members());
    if (event.outcome() instanceof FillOutcome.Advanced slice) {
      lock.lock();
      try {
        progress.show(event.organization(), slice, clock.instant());
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void close() {
    progress.clear();
    if (owned) {
      writer.close();
    }
  }
}
