package dev.tallyman.core.settings;

import java.util.Locale;
import java.util.regex.Pattern;

/** What a host's name says without asking a name server. */
public final class Hosts {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|::1|0:0:0:0:0:0:0:1");

  private Hosts() {}

  /** Whether this is certainly the machine itself: what is sent there needs no encryption. */
  public static boolean isLoopback(String host) {
    return LOOPBACK.matcher(bare(host)).matches();
  }

  /** The same, or a name below {@code localhost}, which is this machine's too (RFC 6761). */
  public static boolean isLocal(String host) {
    String plain = plain(host);
    return isLoopback(plain) || plain.endsWith(".localhost");
  }

  /** The host in lower case, without the brackets of an IPv6 address or a trailing dot. */
  public static String plain(String host) {
    String bare = bare(host);
    return bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
  }

  private static String bare(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.startsWith("[") && lower.endsWith("]")
        ? lower.substring(1, lower.length() - 1)
        : lower;
  }
}
