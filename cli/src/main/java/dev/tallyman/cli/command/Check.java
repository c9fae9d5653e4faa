package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Ask;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.config.Section;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Csv;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says by its exit code whether a budget allows to go on. */
@Command(
    name = "check",
    header = "Says by its exit code whether a budget allows to go on: a gate for scripts.",
    description = {
      "",
      "0 it does, 1 the share to warn of is reached, 2 the limit is reached, 64 wrong use, 65 the"
          + " data is stale, or what is used is not known, as where bills are in another currency,"
          + " 69 nobody could be asked, 70 a bug, 77 the token is refused. A limit that is reached"
          + " counts even if the data is stale: more is only ever added.",
      ""
    })
public final class Check implements Callable<Integer> {
  static final String SCHEMA = "tallyman.check/1";
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Option(
      names = "--budget",
      required = true,
      paramLabel = "NAME",
      description = "The budget, by its id or name.")
  private String budget = "";

  @Option(
      names = "--warn",
      paramLabel = "PERCENT",
      description = "From which share of the limit on to exit with 1 (default: 80).")
  private String warn = "80";

  @Option(
      names = "--alert",
      paramLabel = "PERCENT",
      description = "From which share of the limit on to exit with 2 (default: 100).")
  private String alert = "100";

  @Option(
      names = "--max-age",
      paramLabel = "TIME",
      description = "From which age of the data on to exit with 65, such as 30m (default: none).")
  private Optional<String> maxAge = Optional.empty();

  public Check(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    BigDecimal warned = percent("--warn", warn);
    BigDecimal alerted = percent("--alert", alert);
    if (warned.compareTo(alerted) > 0) {
      throw new Failure(Exit.USAGE, "--warn is above --alert; swap them");
    }
    Optional<Duration> oldest =
        maxAge.map(text ->
            Section.duration(text)
                .orElseThrow(() ->
                    new Failure(
                        Exit.USAGE,
                        "--max-age is '" + Text.safe(text) + "'; write a time such as 30m")));
    Terminal terminal = reading.terminal(context);
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          Json found = find(ask);
          Verdict verdict = verdict(found, warned, alerted, oldest);
          tell(found, verdict, terminal);
          return verdict.code();
        });
  }

  private static BigDecimal percent(String option, String text) {
    String number = text.endsWith("%") ? text.substring(0, text.length() - 1).strip() : text;
    if (number.matches("[0-9]{1,6}([.][0-9]{1,6})?")) {
      return new BigDecimal(number);
    }
    throw new Failure(
        Exit.USAGE, option + " is '" + Text.safe(text) + "'; write percent, such as 80");
  }

  /** By its id, else by its name. */
  private Json find(Ask ask) {
    Optional<Json> byId = reading.find(ask, BudgetRows.PATH + "/" + OutputOptions.segment(budget));
    if (byId.isPresent()) {
      return byId.get();
    }
    List<Json> named =
        reading.all(ask, BudgetRows.PATH, List.of()).objects("data").stream()
            .filter(each -> each.text("name").equals(Optional.of(budget)))
            .toList();
    if (named.size() != 1) {
      throw new Failure(
          Exit.USAGE,
          named.isEmpty()
              ? "There is no budget '" + budget + "'; `tallyman budgets` lists those there are"
              : named.size() + " budgets are called '" + budget + "'; name one by its id");
    }
    return named.getFirst();
  }

  private record Verdict(String word, int code, boolean stale) {}

  private Verdict verdict(
      Json found, BigDecimal warned, BigDecimal alerted, Optional<Duration> oldest) {
    Json state = found.object("state");
    Optional<BigDecimal> used = state.number("used");
    BigDecimal limit = found.number("limit").orElse(BigDecimal.ZERO);
    Optional<Instant> asOf = Provenance.instant(state, "as_of");
    Instant now = context.now();
    boolean old =
        oldest.isPresent() && asOf.filter(at -> !at.plus(oldest.get()).isBefore(now)).isEmpty();
    boolean stale = used.isEmpty() || state.flag("stale") || old;
    if (used.isPresent() && reached(used.get(), limit, alerted)) {
      return new Verdict("limit", Exit.LIMIT, stale);
    }
    if (stale) {
      return new Verdict(used.isEmpty() ? "unknown" : "stale", Exit.STALE, true);
    }
    return reached(used.orElseThrow(), limit, warned)
        ? new Verdict("warn", Exit.WARN, false)
        : new Verdict("ok", Exit.OK, false);
  }

  private static boolean reached(BigDecimal used, BigDecimal limit, BigDecimal percent) {
    return used.multiply(HUNDRED).compareTo(limit.multiply(percent)) >= 0;
  }

  private void tell(Json found, Verdict verdict, Terminal terminal) {
    Json state = found.object("state");
    Consumer<String> aside = reading.forPerson() ? terminal::warn : terminal::tell;
    state.text("note").map(Text::safe).ifPresent(aside);
    String id = found.text("id").orElse(budget);
    if (reading.json()) {
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("budget", id);
      data.put("verdict", verdict.word());
      data.put("exit_code", verdict.code());
      data.put("used", state.text("used").orElse(null));
      data.put("limit", found.text("limit").orElse(null));
      data.put("percentage", state.text("percentage").orElse(null));
      data.put("window", state.text("window").orElse(null));
      data.put("source", state.text("source").orElse(null));
      data.put("note", state.text("note").orElse(null));
      Map<String, Object> envelope = new LinkedHashMap<>();
      envelope.put("schema", SCHEMA);
      envelope.put("as_of", state.text("as_of").orElse(null));
      envelope.put("stale", verdict.stale());
      envelope.put("data", data);
      reading.print(envelope, terminal);
    } else if (reading.forPerson()) {
      terminal.print(Text.safe(line(found, state, id, verdict, terminal.ascii())));
    } else {
      List<String> names = List.of("budget", "verdict", "exit_code", "used", "limit", "as_of");
      List<String> values =
          List.of(
              id,
              verdict.word(),
              Integer.toString(verdict.code()),
              state.text("used").orElse(""),
              found.text("limit").orElse(""),
              state.text("as_of").orElse(""));
      terminal.print(
          List.of(names, values).stream().map(reading.csv() ? Csv::line : Csv::plain).toList());
    }
  }

  private String line(Json found, Json state, String id, Verdict verdict, boolean ascii) {
    List<String> parts = new ArrayList<>();
    parts.add(
        id
            + ": "
            + verdict.word()
            + state.text("percentage").map(share -> ", " + share + "%").orElse(", n/a")
            + " of "
            + BudgetRows.amount(found, "limit", ascii));
    state
        .number("used")
        .ifPresent(used -> parts.add(BudgetRows.amount(used, found, ascii) + " used"));
    Instant now = context.now();
    parts.add(
        Provenance.instant(state, "as_of")
            .map(at ->
                "as of " + Text.time(at, now) + " (" + Text.age(Duration.between(at, now)) + ")")
            .orElse("never read"));
    return String.join(ascii ? " - " : " · ", parts);
  }
}
