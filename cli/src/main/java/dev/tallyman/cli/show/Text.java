package dev.tallyman.cli.show;

import dev.tallyman.core.Figures;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How values read on a terminal. */
public final class Text {
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private Text() {}

  /**
   * An amount rounded to cents, such as {@code $1,240.50}; a smaller one than a cent is {@code
   * <$0.01}, so that it does not look like nothing.
   */
  public static String money(@Nullable BigDecimal amount, String currency, boolean ascii) {
    if (amount == null) {
      return none(ascii);
    }
    return Figures.money(amount, currency);
  }

  /** A count with separators between its thousands; decimals are kept as they are. */
  public static String count(@Nullable BigDecimal value, boolean ascii) {
    return value == null ? none(ascii) : Figures.count(value);
  }

  public static String count(long value) {
    return count(BigDecimal.valueOf(value), true);
  }

  /** A part of a whole in percent, without decimals; of nothing it is the sign for unknown. */
  public static String share(@Nullable BigDecimal part, @Nullable BigDecimal whole, boolean ascii) {
    if (part == null || whole == null || whole.signum() == 0) {
      return none(ascii);
    }
    BigDecimal percent = part.multiply(HUNDRED).divide(whole, 0, RoundingMode.HALF_EVEN);
    return percent.signum() == 0 && part.signum() != 0 ? "<1%" : percent.toPlainString() + "%";
  }

  /** The change from one amount to another, such as {@code +31%}. */
  public static String change(
      @Nullable BigDecimal before, @Nullable BigDecimal now, boolean ascii) {
    if (before == null || now == null) {
      return none(ascii);
    }
    if (before.signum() == 0) {
      return now.signum() == 0 ? "0%" : "new";
    }
    BigDecimal percent =
        now.subtract(before).multiply(HUNDRED).divide(before.abs(), 0, RoundingMode.HALF_EVEN);
    if (percent.compareTo(BigDecimal.valueOf(999)) > 0) {
      return ">+999%";
    }
    return (percent.signum() > 0 ? "+" : "") + percent.toPlainString() + "%";
  }

  /** The sign for a value that is not known. */
  public static String none(boolean ascii) {
    return ascii ? "-" : "—";
  }

  /** How long ago something was, in its largest unit: {@code 4 min}. */
  public static String age(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 90) {
      return seconds + " s";
    }
    if (seconds < 90 * 60) {
      return (seconds + 30) / 60 + " min";
    }
    if (seconds < 48 * 3600) {
      return (seconds + 1800) / 3600 + " h";
    }
    return (seconds + 43200) / 86400 + " days";
  }

  /** An instant to the minute in UTC, without its date if that is the day of {@code now}. */
  public static String time(Instant instant, Instant now) {
    String text = instant.truncatedTo(ChronoUnit.MINUTES).toString();
    String minutes = text.substring(0, text.length() - 4) + "Z";
    boolean today =
        instant
            .atZone(ZoneOffset.UTC)
            .toLocalDate()
            .equals(now.atZone(ZoneOffset.UTC).toLocalDate());
    return today ? minutes.substring(11) : minutes;
  }

  /**
   * A text of the provider or of a user made safe for a terminal: without control characters, which
   * could move the cursor or forge a line, and without marks that turn the writing direction.
   */
  public static String safe(String text) {
    return text.codePoints()
        .map(c -> unsafe(c) ? 0xFFFD : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean unsafe(int c) {
    return Character.isISOControl(c)
        || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0x2028
        || c == 0x2029;
  }

  /** How many columns a text takes on a terminal. */
  public static int width(String text) {
    return text.codePoints().map(Text::width).sum();
  }

  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean wide =
        (c >= 0x1100 && c <= 0x115F)
            || (c >= 0x2E80 && c <= 0xA4CF)
            || (c >= 0xAC00 && c <= 0xD7A3)
            || (c >= 0xF900 && c <= 0xFAFF)
            || (c >= 0xFE30 && c <= 0xFE6F)
            || (c >= 0xFF00 && c <= 0xFF60)
            || (c >= 0xFFE0 && c <= 0xFFE6)
            || (c >= 0x1F300 && c <= 0x1FAFF)
            || (c >= 0x20000 && c <= 0x3FFFD);
    return wide ? 2 : 1;
  }

  /** The words of a text on lines that fit a width, unless one word alone does not. */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && width(line.toString()) + 1 + width(word) > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** The beginning of a text that fits a width, with a mark at its end if something is left off. */
  public static String shorten(String text, int width, boolean ascii) {
    if (width(text) <= width) {
      return text;
    }
    String mark = ascii ? "~" : "…";
    StringBuilder kept = new StringBuilder();
    int taken = 1;
    for (int c : text.codePoints().toArray()) {
      taken += width(c);
      if (taken > width) {
        break;
      }
      kept.appendCodePoint(c);
    }
    return kept.append(mark).toString();
  }
}
