package dev.tallyman.core;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** How amounts are written for people. */
public final class Figures {
  private static final BigDecimal CENT = new BigDecimal("0.01");

  private Figures() {}

  /**
   * An amount rounded to cents, such as {@code $1,240.50}; a smaller one than a cent is {@code
   * <$0.01}, so that it does not look like nothing.
   *
   * @param currency a code of three letters
   */
  public static String money(BigDecimal amount, String currency) {
    BigDecimal size = amount.abs();
    String sign = amount.signum() < 0 ? "-" : "";
    boolean dollars = currency.equalsIgnoreCase("usd");
    String unit = dollars ? "$" : "";
    String suffix = dollars ? "" : " " + currency.toUpperCase(Locale.ROOT);
    if (size.signum() != 0 && size.compareTo(CENT) < 0) {
      return sign.isEmpty() ? "<" + unit + "0.01" + suffix : ">-" + unit + "0.01" + suffix;
    }
    return sign + unit + grouped(size.setScale(2, RoundingMode.HALF_EVEN)) + suffix;
  }

  /** A count with separators between its thousands; decimals are kept as they are. */
  public static String count(BigDecimal value) {
    return (value.signum() < 0 ? "-" : "") + grouped(value.abs());
  }

  private static String grouped(BigDecimal value) {
    String plain = value.toPlainString();
    int point = plain.indexOf('.');
    String whole = point < 0 ? plain : plain.substring(0, point);
    StringBuilder text = new StringBuilder(plain.length() + 4);
    for (int i = 0; i < whole.length(); i++) {
      if (i > 0 && (whole.length() - i) % 3 == 0) {
        text.append(',');
      }
      text.append(whole.charAt(i));
    }
    return text.append(point < 0 ? "" : plain.substring(point)).toString();
  }
}
