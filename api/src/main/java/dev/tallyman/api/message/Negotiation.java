package dev.tallyman.api.message;

import java.util.Locale;

/** How much a caller wants what it lists in an {@code Accept…} header (RFC 9110, 12.5). */
public final class Negotiation {
  private Negotiation() {}

  /** From 0, not at all, to 1000; the most specific range that fits decides. */
  public static int quality(String header, String wanted) {
    int best = 0;
    int specificity = -1;
    for (String range : header.split(",", -1)) {
      String[] parts = range.strip().split(";", -1);
      int fit = fit(parts[0].strip().toLowerCase(Locale.ROOT), wanted);
      if (fit > specificity) {
        specificity = fit;
        best = weight(parts);
      }
    }
    return best;
  }

  private static int fit(String range, String wanted) {
    if (range.equals(wanted)) {
      return 2;
    }
    int slash = wanted.indexOf('/');
    if (slash > 0 && range.equals(wanted.substring(0, slash) + "/*")) {
      return 1;
    }
    return "*/*".equals(range) || "*".equals(range) ? 0 : -1;
  }

  private static int weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("q=")) {
        return weight(parameter.substring(2));
      }
    }
    return 1000;
  }

  private static int weight(String text) {
    if (!text.matches("[01](\\.[0-9]{0,3})?")) {
      return 0;
    }
    int whole = text.charAt(0) == '1' ? 1000 : 0;
    String decimals = text.length() > 2 ? text.substring(2) : "";
    int fraction = decimals.isEmpty() ? 0 : Integer.parseInt((decimals + "00").substring(0, 3));
    return Math.min(1000, whole + fraction);
  }
}
