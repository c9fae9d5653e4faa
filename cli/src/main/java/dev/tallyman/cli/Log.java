package dev.tallyman.cli;

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
  private final Lock lock = new ReentrantLock();

  private Log(PrintWriter writer, boolean owned, InstantSource clock) {
    this.writer = writer;
    this.owned = owned;
    this.clock = clock;
  }

  /** A log that is added to a file or, without one, written beside what a person is told. */
  static Log open(Optional<Path> file, Terminal terminal, InstantSource clock) {
    if (file.isEmpty()) {
      return new Log(terminal.err(), false, clock);
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
          clock);
    } catch (IOException e) {
      throw new Failure(Exit.USAGE, "--access-log " + file.get() + " cannot be written", e);
    }
  }

  /** Writes a line that is JSON already. */
  void line(String json) {
    lock.lock();
    try {
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

  @Override
  public void close() {
    if (owned) {
      writer.close();
    }
  }
}
