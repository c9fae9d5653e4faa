package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Answers;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine.Command;

/** Shows the most of what {@link Today} shows on one line. */
@Command(
    name = "statusline",
    header = "Shows today, the month and budgets in deficit on one line, for shells and editors.",
    description = {
      "",
      "The line is never longer than COLUMNS, or 80; what matters less is left off.",
      ""
    })
public final class Statusline extends Today {
  public Statusline(ProcessContext context) {
    super(context);
  }

  /**
   * A piece of the line.
   *
   * @param importance the least important goes first
   */
  private record Part(int importance, String text) {}

  @Override
  void show(Facts facts, Terminal terminal, ZoneId days, Optional<Instant> monthStart) {
    boolean ascii = terminal.ascii();
    Provenance provenance = Provenance.of(facts.today());
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(9, money(total(facts.today()), provenance, ascii) + " today"));
    parts.add(new Part(6, money(total(facts.month()), provenance, ascii) + " this month"));
    if (facts.pace().isPresent()) {
      parts.add(new Part(4, "pace " + money(facts.pace(), provenance, ascii)));
    }
    pools(facts.pools())
        .forEach((name, pool) ->
            parts.add(
                new Part(
                    3,
                    Text.safe(name)
                        + " "
                        + Text.share(
                            pool.number("used").orElse(null),
                            pool.number("limit").orElse(null),
                            ascii))));
    List<Json> deficits = facts.deficits();
    if (!deficits.isEmpty()) {
      String name = Text.safe(deficits.getFirst().text("name").orElseGet(() -> Text.none(ascii)));
      String others = deficits.size() > 1 ? " and " + (deficits.size() - 1) + " more" : "";
      parts.add(new Part(7, Text.shorten(name, 24, ascii) + others + " in deficit"));
    }
    SortedSet<String> others = new TreeSet<>(Answers.otherCurrencies(facts.month()));
    others.addAll(Answers.otherCurrencies(facts.today()));
    if (!others.isEmpty()) {
      String codes = String.join(", ", others).toUpperCase(Locale.ROOT);
      parts.add(new Part(8, Text.safe(codes) + " not added"));
    }
    Instant now = context().now();
    provenance
        .asOf()
        .map(asOf -> Text.age(Duration.between(asOf, now)))
        .ifPresent(age -> parts.add(provenance.stale() ? stale(age) : new Part(2, age + " ago")));
    if (provenance.simulated()) {
      parts.add(new Part(8, "SIMULATED"));
    }
    String between = ascii ? " | " : " · ";
    while (Text.width(line(parts, between)) > terminal.width() && parts.size() > 1) {
      parts.remove(parts.stream().min(Comparator.comparingInt(Part::importance)).orElseThrow());
    }
    terminal.print(line(parts, between));
  }

  private static Part stale(String age) {
    return new Part(8, "STALE " + age);
  }

  private static String line(List<Part> parts, String between) {
    return String.join(between, parts.stream().map(Part::text).toList());
  }

  private static String money(Optional<BigDecimal> amount, Provenance provenance, boolean ascii) {
    return Text.money(amount.orElse(null), provenance.currency(), ascii);
  }
}
