package dev.tallyman.cli.ask;

import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the commands that show answers have in common. */
public final class Answers {
  private Answers() {}

  /** The exit code for an answer that was shown: 65 if it is stale, or in other currencies only. */
  public static int exit(Json answer) {
    boolean unknown =
        answer.object("total").number("total").isEmpty() && !otherCurrencies(answer).isEmpty();
    return answer.flag("stale") || unknown ? Exit.STALE : Exit.OK;
  }

  /** The currencies in which the bills of an answer hold money that is not in it. */
  public static Set<String> otherCurrencies(Json answer) {
    return answer.object("other_currencies").members().keySet();
  }

  /** What a row is called in one dimension: its name, else its id, else the sign for unknown. */
  public static String label(Json row, String dimension, boolean ascii) {
    return row.object("names")
        .text(dimension)
        .or(() -> row.object("keys").text(dimension))
        .orElseGet(() -> Text.none(ascii));
  }

  /** The organization that an answer is about, as far as it says so. */
  public static String organization(Json answer, OutputOptions reading) {
    Optional<String> told =
        answer.object("query").text("org").or(() -> answer.text("organization"));
    return told.or(reading::organization).orElse("");
  }

  /** The parts of a heading on as many lines as it takes, in ASCII where only that can be shown. */
  public static List<String> wrapped(String heading, Terminal terminal) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String part : heading.split(" · ", -1)) {
      if (!line.isEmpty() && Text.width(line + " · " + part) > terminal.width()) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " · ").append(part);
    }
    lines.add(line.toString());
    return terminal.ascii() ? lines.stream().map(l -> l.replace(" · ", " - ")).toList() : lines;
  }
}
