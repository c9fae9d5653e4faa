package dev.tallyman.benchmarks.support;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Another JVM, so that each measurement has a heap, a cache and a clock of its own. */
public final class Child implements AutoCloseable {
  /** As `./tallyman` runs. */
  public static final List<String> AS_SERVED =
      List.of(
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED");

  /** What lets a process have one core (util-linux). */
  public static final List<String> ONE_CORE = List.of("taskset", "-c", "0");

  /** C1 alone, and the heap that Lambda leaves at 512 MB. */
  private static final List<String> AS_IN_LAMBDA =
      List.of("-Xmx445644k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final Process process;
  private final BufferedReader out;

  private Child(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  public static Child start(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    return start(List.of(), main, options, Map.of(), arguments);
  }

  /** Starts it as Lambda starts a function of 512 MB, beside DynamoDB Local. */
  public static Child startAsInLambda(Class<?> main, String... arguments) throws IOException {
    return start(ONE_CORE, main, AS_IN_LAMBDA, DynamoDb.variables(), arguments);
  }

  private static Child start(
      List<String> before,
      Class<?> main,
      List<String> options,
      Map<String, String> variables,
      String... arguments)
      throws IOException {
    var command = new ArrayList<String>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
    builder.environment().putAll(variables);
    return new Child(builder.start());
  }

  /** What it prints as lines of {@code name=value} until it ends. */
  public static Figures run(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    try (Child child = start(main, options, arguments)) {
      return child.finish();
    }
  }

  /** The same of a process that was started as in Lambda. */
  public static Figures runAsInLambda(Class<?> main, String... arguments) throws IOException {
    try (Child child = startAsInLambda(main, arguments)) {
      return child.finish();
    }
  }

  private Figures finish() throws IOException {
    Figures figures = figures();
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("it ended with " + status);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return figures;
  }

  /** What it makes of a line: its figures up to an empty line. */
  public Figures ask(String line) throws IOException {
    BufferedWriter in = process.outputWriter(StandardCharsets.UTF_8);
    in.write(line);
    in.newLine();
    in.flush();
    Figures figures = figures();
    if (figures.values().isEmpty()) {
      throw new IOException("it ended at " + line);
    }
    return figures;
  }

  private Figures figures() throws IOException {
    var values = new TreeMap<String, String>();
    for (String line = line(); line != null && !line.isEmpty(); line = line()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return new Figures(values);
  }

  /** The next line that it prints; null at its end. */
  @Nullable String line() throws IOException {
    return out.readLine();
  }

  /** The address that it prints first. */
  public URI uri() throws IOException {
    String line = line();
    if (line == null) {
      throw new IOException("it ended before it began");
    }
    return URI.create(line);
  }

  /** The processor time it has used so far. */
  public Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
