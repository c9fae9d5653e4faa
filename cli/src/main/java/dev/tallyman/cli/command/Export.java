package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Answers;
import dev.tallyman.cli.ask.Ask;
import dev.tallyman.cli.ask.MetricOptions;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.ask.QueryOptions;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Progress;
import dev.tallyman.cli.show.Terminal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Writes what the API exports, as it is and of any size. */
@Command(
    name = "export",
    header = "Writes spending for other tools: FOCUS 1.2, CSV or JSON.",
    description = {
      "",
      "A FOCUS file has a row for each UTC day, project, line item and API key of the bills. CSV"
          + " and JSON are the answer of the API to the question that the command spend shows.",
      "Redirect it into a file; what a reader must know besides is told on the standard error.",
      ""
    })
public final class Export implements Callable<Integer> {
  private static final String CSV = "text/csv";

  /** What is decided by the form of a FOCUS file. */
  private static final List<String> NOT_OF_FOCUS =
      List.of("--by", "--metric", "--granularity", "--zone", "--top");

  /** What is written. */
  enum Format {
    FOCUS,
    CSV,
    JSON
  }

  private final ProcessContext context;
  private final Stop stop;
  @Mixin private final QueryOptions asking = new QueryOptions();
  @Mixin private final MetricOptions wanted = new MetricOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORM",
      description = "focus, csv or json.")
  private Format format = Format.FOCUS;

  @Option(
      names = "--estimated",
      description =
          "FOCUS: rows follow for what is not billed yet, marked estimated; their BilledCost is 0.")
  private boolean estimated;

  public Export(ProcessContext context, Stop stop) {
    this.context = context;
    this.stop = stop;
  }

  @Override
  public Integer call() {
    check();
    Terminal terminal = asking.terminal(context);
    try (Ask ask = asking.ask(context)) {
      // Asked first, so that nothing is written if the question is refused.
      Json about = asking.get(ask, MetricOptions.QUERY, about());
      switch (format) {
        case FOCUS -> focus(ask, about.object("query"), terminal);
        case CSV ->
            write(asking.raw(ask, MetricOptions.QUERY, wanted.parameters(), CSV).text(), terminal);
        case JSON ->
            write(
                asking
                    .raw(ask, MetricOptions.QUERY, wanted.parameters(), "application/json")
                    .text(),
                terminal);
      }
      Provenance.of(about).remarks(context.now()).forEach(terminal::warn);
      return Answers.exit(about);
    }
  }

  private void check() {
    wanted.check();
    ParseResult given = spec.commandLine().getParseResult();
    if (format != Format.FOCUS) {
      if (estimated) {
        throw new Failure(
            Exit.USAGE, "--estimated is for --format focus; write --metric estimated");
      }
      return;
    }
    for (String option : NOT_OF_FOCUS) {
      if (given.hasMatchedOption(option)) {
        throw new Failure(
            Exit.USAGE,
            option + " is for csv and json: what a FOCUS file tells, its specification says");
      }
    }
    if (!wanted.filters().stream().allMatch(each -> each.matches("project:.+"))
        || wanted.filters().size() > 1) {
      throw new Failure(
          Exit.USAGE, "--format focus takes one --filter, of a project, such as project:proj_1");
    }
  }

  /** What tells where the numbers come from, in few of them. */
  private List<Map.Entry<String, String>> about() {
    if (format != Format.FOCUS) {
      return wanted.parameters(wanted.metric(), "all", 1);
    }
    List<Map.Entry<String, String>> parameters = new ArrayList<>(wanted.range());
    parameters.add(Map.entry("metric", estimated ? "cost" : "billed"));
    wanted.filters().forEach(filter -> parameters.add(Map.entry("filter", filter)));
    parameters.add(Map.entry("granularity", "day"));
    return parameters;
  }

  /** Writes a file day by day, since one answer is bounded; it has one heading. */
  private void focus(Ask ask, Json range, Terminal terminal) {
    LocalDate since = day(range, "since");
    LocalDate until = day(range, "until");
    long days = ChronoUnit.DAYS.between(since, until);
    Progress progress = new Progress(terminal, context.real());
    try {
      for (LocalDate day = since; day.isBefore(until); day = day.plusDays(1)) {
        if (stop.wanted()) {
          throw new Failure(Exit.SOME_FAILED, "Stopped before " + day + "; the file is not whole.");
        }
        if (!terminal.outIsTerminal()) {
          progress.show(ChronoUnit.DAYS.between(since, day) * 1000 / days, day.toString());
        }
        String text = asking.raw(ask, "/api/v1/focus", parameters(day), CSV).text();
        write(day.equals(since) ? text : text.substring(text.indexOf('\n') + 1), terminal);
      }
    } finally {
      progress.clear();
    }
  }

  private List<Map.Entry<String, String>> parameters(LocalDate day) {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    parameters.add(Map.entry("since", day.toString()));
    parameters.add(Map.entry("until", day.plusDays(1).toString()));
    parameters.add(Map.entry("estimated", Boolean.toString(estimated)));
    wanted
        .filters()
        .forEach(filter -> parameters.add(Map.entry("project", filter.split(":", 2)[1])));
    return parameters;
  }

  private static LocalDate day(Json range, String name) {
    return Provenance.instant(range, name)
        .map(at -> LocalDate.ofInstant(at, ZoneOffset.UTC))
        .orElseThrow(() ->
            new Failure(Exit.UNREACHABLE, "The answer has no range; is it a Tallyman server?"));
  }

  /** Writes a text as it is. */
  private static void write(String text, Terminal terminal) {
    terminal.out().print(text);
    if (terminal.out().checkError()) {
      throw new Failure(Exit.SOME_FAILED, "The output cannot be written; the file is not whole.");
    }
  }
}
