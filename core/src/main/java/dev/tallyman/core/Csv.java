package dev.tallyman.core;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records of RFC 4180, for the API, the command line and the exports alike. A text that a
 * spreadsheet would take for a formula is given an apostrophe in front (OWASP, CSV injection);
 * numbers stay numbers, negative ones too.
 */
public final class Csv {
  private static final String FORMULA = "=+-@\t\r\n＝＋－＠";
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9]{1,60}(\\.[0-9]{1,60})?([eE][+-]?[0-9]{1,4})?");

  private Csv() {}

  /** One record without its line end; null and an empty optional are empty cells. */
  public static String line(List<? extends @Nullable Object> cells) {
    return cells.stream().map(Csv::cell).collect(Collectors.joining(","));
  }

  private static String cell(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Optional<?> optional -> cell(optional.orElse(null));
      case BigDecimal number -> number.toPlainString();
      case Number number -> number.toString();
      default -> quoted(harmless(value.toString()));
    };
  }

  private static String harmless(String text) {
    boolean formula = beginsFormula(text) || beginsFormula(text.stripLeading());
    return formula && !NUMBER.matcher(text).matches() ? "'" + text : text;
  }

  private static boolean beginsFormula(String text) {
    return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
  }

  private static String quoted(String text) {
    boolean quote =
        text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
            || !text.strip().equals(text);
    return quote ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
