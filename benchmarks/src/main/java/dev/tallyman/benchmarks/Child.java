package dev.tallyman.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Another JVM, so that each measurement has a heap, a cache and a clock of its own. */
final class Child implements AutoCloseable {
  /** As `./tallyman` runs. */
  static final List<String> AS_SERVED =
      List.of(
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED");

  private final Process process;
  private final BufferedReader out;

  private Child(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  static Child start(Class<?> main, List<String> options, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new Child(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  /** What it prints as lines of {@code name=value} until it ends. */
  static Figures run(Class<?> main, List<String> options, String... arguments) throws IOException {
    try (Child child = start(main, options, arguments)) {
      var values = new TreeMap<String, String>();
      for (String line = child.line(); line != null; line = child.line()) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          values.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
      int status = child.process.waitFor();
      if (status != 0) {
        throw new IOException(main.getSimpleName() + " ended with " + status);
      }
      return new Figures(values);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** The next line that it prints; null at its end. */
  @Nullable String line() throws IOException {
    return out.readLine();
  }

  /** The address that it prints first. */
  URI uri() throws IOException {
    String line = line();
    if (line == null) {
      throw new IOException("it ended before it began");
    }
    return URI.create(line);
  }

  /** The processor time it has used so far. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
