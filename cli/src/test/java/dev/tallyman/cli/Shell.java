package dev.tallyman.cli;

import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs the command inside a test, in surroundings that the test chose. */
public final class Shell {
  private final Path folder;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private InstantSource clock = InstantSource.system();
  private int width = 80;
  private boolean ascii;
  private boolean colour;
  private boolean outIsTerminal;
  private boolean errIsTerminal;

  public Shell(Path folder) {
    this.folder = folder;
  }

  public Shell with(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  public Shell at(Instant now) {
    return at(InstantSource.fixed(now));
  }

  public Shell at(InstantSource clock) {
    this.clock = clock;
    return this;
  }

  Shell wide(int columns) {
    width = columns;
    return this;
  }

  Shell inAscii() {
    ascii = true;
    return this;
  }

  Shell inColour() {
    colour = true;
    return this;
  }

  Shell onATerminal() {
    outIsTerminal = true;
    return redirected();
  }

  /** What is shown is on a terminal, and the data goes into a file. */
  public Shell redirected() {
    errIsTerminal = true;
    return this;
  }

  /** What the command does and says. */
  public record Result(int code, String out, String err) {}

  public Result run(String... args) {
    return run(new Stop(), args);
  }

  public Result run(Stop stop, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Tallyman.run(surroundings(out, err), stop, args);
    return new Result(code, out.toString(), err.toString());
  }

  /** Runs the command in a thread of its own until it is told to stop. */
  Running start(Consumer<Integer> listening, String... args) {
    Stop stop = new Stop();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    ProcessContext context = surroundings(out, err);
    AtomicInteger code = new AtomicInteger(-1);
    Thread thread =
        Thread.ofPlatform()
            .start(() -> code.set(Tallyman.commandLine(context, stop, listening).execute(args)));
    return new Running(thread, stop, code, out, err);
  }

  /** A command that runs. */
  record Running(Thread thread, Stop stop, AtomicInteger code, StringWriter out, StringWriter err) {
    Result end() throws InterruptedException {
      stop.now();
      thread.join();
      return new Result(code.get(), out.toString(), err.toString());
    }
  }

  public ProcessContext surroundings() {
    return surroundings(new StringWriter(), new StringWriter());
  }

  private ProcessContext surroundings(StringWriter out, StringWriter err) {
    return new ProcessContext(
        variables,
        folder.resolve("home"),
        folder,
        false,
        clock,
        new Terminal(
            new PrintWriter(out),
            new PrintWriter(err),
            outIsTerminal,
            errIsTerminal,
            width,
            width,
            ascii,
            colour));
  }
}
