package dev.tallyman.core.settings;

import java.util.Locale;
import java.util.regex.Pattern;

/** What a host's name says without asking a name server. */
public final class Hosts {
  private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.\\d{1,3}){3}");

  private Hosts() {}

  /** Whether this is certainly the machine itself. */
  public static boolean isLoopback(String host) {
    String plain = plain(host);
    return plain.equals("localhost")
        || plain.endsWith(".localhost")
        || plain.equals("::1")
        || plain.equals("0:0:0:0:0:0:0:1")
        || LOOPBACK_V4.matcher(plain).matches();
  }

  /** The host in lower case, without the brackets of an IPv6 address or a trailing dot. */
  public static String plain(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    if (lower.startsWith("[") && lower.endsWith("]")) {
      return lower.substring(1, lower.length() - 1);
    }
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
