package dev.tallyman.benchmarks.support;

import java.util.ArrayList;
import java.util.List;

/** A table of what was measured, printed as it grows. */
public final class Report {
  private record Row(String what, String goal, String measured, String reached) {}

  private final List<Row> rows = new ArrayList<>();

  /** A figure that has a goal. */
  public void add(String what, String goal, String measured, boolean reached) {
    row(new Row(what, goal, measured, reached ? "yes" : "**no**"));
  }

  /** A figure for its own sake. */
  public void add(String what, String measured) {
    row(new Row(what, "", measured, ""));
  }

  private void row(Row row) {
    rows.add(row);
    IO.println(
        row.what() + ": " + row.measured() + (row.goal().isEmpty() ? "" : "; goal " + row.goal()));
  }

  /** The table in Markdown. */
  public String markdown() {
    var text = new StringBuilder("| what | goal | measured | reached |\n|---|---|---|---|\n");
    for (Row row : rows) {
      text.append("| ")
          .append(String.join(" | ", row.what(), row.goal(), row.measured(), row.reached()))
          .append(" |\n");
    }
    return text.toString();
  }
}
