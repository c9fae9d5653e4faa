package dev.tallyman.channels;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * Which addresses are of the public Internet, by IANA's registries of special-purpose addresses:
 * everything else may be a machine that only this one can reach.
 */
final class Addresses {
  private static final List<Block> SPECIAL_V4 =
      List.of(
          block("0.0.0.0/8"),
          block("10.0.0.0/8"),
          block("100.64.0.0/10"),
          block("127.0.0.0/8"),
          // Azure's platform within each of its machines (Microsoft Learn, "What is IP address
          // 168.63.129.16?"): of no registry, and not public either.
          block("168.63.129.16/32"),
          block("169.254.0.0/16"),
          block("172.16.0.0/12"),
          block("192.0.0.0/24"),
          block("192.0.2.0/24"),
          block("192.31.196.0/24"),
          block("192.52.193.0/24"),
          block("192.88.99.0/24"),
          block("192.168.0.0/16"),
          block("192.175.48.0/24"),
          block("198.18.0.0/15"),
          block("198.51.100.0/24"),
          block("203.0.113.0/24"),
          block("224.0.0.0/3"));

  /** What is given out for use on the Internet, and what is special within it. */
  private static final Block GLOBAL_V6 = block("2000::/3");

  private static final List<Block> SPECIAL_V6 =
      List.of(
          block("2001::/23"),
          block("2001:db8::/32"),
          block("2620:4f:8000::/48"),
          block("3fff::/20"));

  /** Forms that lead to an IPv4 address, and where in them it stands. */
  private static final Block NAT64 = block("64:ff9b::/96");

  private static final Block SIX_TO_FOUR = block("2002::/16");

  private Addresses() {}

  /** Whether an address is a public one, and so is any IPv4 address within it. */
  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return SPECIAL_V4.stream().noneMatch(block -> block.holds(bytes));
    }
    if (address instanceof Inet6Address v6 && v6.getScopeId() != 0) {
      return false;
    }
    return inner(bytes)
        .map(Addresses::isPublic)
        .orElseGet(() ->
            GLOBAL_V6.holds(bytes) && SPECIAL_V6.stream().noneMatch(block -> block.holds(bytes)));
  }

  private static Optional<InetAddress> inner(byte[] bytes) {
    if (NAT64.holds(bytes)) {
      return Optional.of(v4(bytes, 12));
    }
    return SIX_TO_FOUR.holds(bytes) ? Optional.of(v4(bytes, 2)) : Optional.empty();
  }

  private static InetAddress v4(byte[] bytes, int from) {
    try {
      return InetAddress.getByAddress(
          new byte[] {bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static Block block(String text) {
    String[] parts = text.split("/", 2);
    return new Block(InetAddress.ofLiteral(parts[0]).getAddress(), Integer.parseInt(parts[1]));
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Block(byte[] start, int bits) {
    boolean holds(byte[] address) {
      if (address.length != start.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((address[bit / 8] & mask) != (start[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }
}
