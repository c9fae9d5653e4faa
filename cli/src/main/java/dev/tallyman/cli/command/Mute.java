package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.config.Section;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells nothing of a budget or condition for some time. */
@Command(
    name = "mute",
    header = "Tells nothing of a budget, or of what an alert is about, for some time.",
    description = {"", "What is still open when that ends is told then.", ""})
public final class Mute extends PostCommand {
  static final String SCHEMA = "tallyman.mute/1";
  private static final String ALERT = "al_";

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
    super(context, SCHEMA);
  }

  @Override
  String path() {
    String above = id.startsWith(ALERT) ? "/api/v1/alerts/" : BudgetRows.PATH + "/";
    return above + OutputOptions.segment(id) + "/mute";
  }

  @Override
  Optional<Map<String, @Nullable Object>> body() {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("until", end.off ? null : until().toString());
    return Optional.of(body);
  }

  @Override
  String sentence(Json answer) {
    String subject = answer.text("subject").orElse(id);
    return Provenance.instant(answer, "muted_until")
        .map(at -> subject + " is muted until " + Text.time(at, context().now()) + ".")
        .orElseGet(() -> subject + " is told of again.");
  }

  private Instant until() {
    String text = end.time.orElse("24h");
    Duration time =
        Section.duration(text)
            .orElseThrow(() ->
                new Failure(
                    Exit.USAGE,
                    "--for is '" + Text.safe(text) + "'; write a time such as 90m or 24h"));
    return context().now().plus(time).truncatedTo(ChronoUnit.SECONDS);
  }
}
