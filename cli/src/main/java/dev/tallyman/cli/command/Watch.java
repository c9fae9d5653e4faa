package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Ask;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what {@link Today} shows, again and again, until it is told to end. */
@Command(
    name = "watch",
    header = "Shows what `today` shows, again every few seconds, until Ctrl-C.",
    description = {"", "Where nobody watches, as in a pipe, it shows it once.", ""})
public final class Watch extends Today {
  private static final String TO_THE_TOP = "\u001b[H";
  private static final String CLEAR_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final Stop stop;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      description = "How long to wait before asking again, 1 to 3600 (default: 5).")
  private int every = 5;

  public Watch(ProcessContext context, Stop stop) {
    super(context);
    this.stop = stop;
  }

  @Override
  public Integer call() {
    if (every < 1 || every > 3600) {
      throw new Failure(Exit.USAGE, "--every is 1 to 3600 seconds, not " + every);
    }
    Terminal terminal = reading().terminal(context());
    boolean dumb = context().variable("TERM").equals(Optional.of("dumb"));
    if (!terminal.outIsTerminal() || dumb || !reading().forPerson()) {
      return super.call();
    }
    String shown = "";
    Instant when = context().now();
    do {
      String screen;
      try {
        shown = look(terminal);
        when = context().now();
        screen = shown;
      } catch (Failure e) {
        if (shown.isEmpty()) {
          throw e;
        }
        String why = "Not asked again since " + Text.time(when, context().now()) + ": " + e.text();
        screen = terminal.warning(Text.safe(why)) + "\n" + shown;
      }
      draw(screen, terminal);
    } while (!stop.await(Duration.ofSeconds(every)));
    return Exit.OK;
  }

  private String look(Terminal terminal) {
    StringWriter screen = new StringWriter();
    try (Ask ask = reading().ask(context());
        PrintWriter writer = new PrintWriter(screen)) {
      tell(ask, terminal.drawnTo(writer));
    }
    return screen.toString();
  }

  /** Line by line over what was there, so that nothing flickers. */
  private void draw(String screen, Terminal terminal) {
    StringBuilder drawn = new StringBuilder(TO_THE_TOP);
    screen.lines().forEach(line -> drawn.append(line).append(CLEAR_LINE).append('\n'));
    drawn.append("every ").append(every).append(" s, Ctrl-C ends").append(CLEAR_LINE);
    terminal.out().print(drawn.append('\n').append(CLEAR_BELOW));
    terminal.out().flush();
  }
}
