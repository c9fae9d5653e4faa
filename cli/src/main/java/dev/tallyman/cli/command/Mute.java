package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.config.Section;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells nothing of a budget or condition for some time. */
@Command(
    name = "mute",
    header = "Tells nothing of a budget, or of what an alert is about, for some time.",
    description = {"", "What is still open when that ends is told then.", ""})
public final class Mute implements Callable<Integer> {
  static final String SCHEMA = "tallyman.mute/1";
  private static final String ALERT = "al_";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Parameters(paramLabel = "BUDGET|ALERT", description = "The id of a budget or of an alert.")
  private String id = "";

  @ArgGroup(exclusive = true)
  private final End end = new End();

  /** When it ends. */
  private static final class End {
    @Option(
        names = "--for",
        paramLabel = "TIME",
        description = "How long, such as 90m or 24h (default: 24h).")
    private Optional<String> time = Optional.empty();

    @Option(names = "--off", description = "From now on tell again.")
    private boolean off;
  }

  public Mute(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("until", end.off ? null : until().toString());
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          String path = id.startsWith(ALERT) ? "/api/v1/alerts/" : BudgetRows.PATH + "/";
          Json answer =
              reading.post(ask, path + OutputOptions.segment(id) + "/mute", Optional.of(body));
          if (reading.json()) {
            Map<String, Object> envelope = new LinkedHashMap<>();
            envelope.put("schema", SCHEMA);
            envelope.put("data", answer.members());
            terminal.print(Json.pretty(envelope));
          } else {
            String subject = answer.text("subject").orElse(id);
            terminal.print(
                Text.safe(
                    Provenance.instant(answer, "muted_until")
                        .map(
                            at -> subject + " is muted until " + Text.time(at, context.now()) + ".")
                        .orElseGet(() -> subject + " is told of again.")));
          }
          return Exit.OK;
        });
  }

  private Instant until() {
    String text = end.time.orElse("24h");
    Duration time =
        Section.duration(text)
            .orElseThrow(() ->
                new Failure(
                    Exit.USAGE,
                    "--for is '" + Text.safe(text) + "'; write a time such as 90m or 24h"));
    return context.now().plus(time).truncatedTo(ChronoUnit.SECONDS);
  }
}
