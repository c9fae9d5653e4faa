package dev.tallyman.cli.show;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where a command writes and what can be shown there.
 *
 * @param out data, and nothing else
 * @param err everything else
 * @param outIsTerminal whether a person sees what goes to {@code out} as it is written
 * @param errIsTerminal the same of {@code err}
 * @param width columns of a line of {@code out}, at least {@link #NARROWEST}
 * @param columns those that the terminal really has, or {@code width} where there is none to ask
 * @param ascii whether only ASCII can be relied on
 * @param colour whether colour may be used on {@code out}
 */
public record Terminal(
    PrintWriter out,
    PrintWriter err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    int width,
    int columns,
    boolean ascii,
    boolean colour) {
  /** The property by which {@code ./tallyman} says which streams are terminals. */
  private static final String TERMINALS = "tallyman.terminals";

  static final int NARROWEST = 60;
  private static final int USUAL = 80;
  private static final int WIDEST = 1000;

  /** The process's own standard streams, in UTF-8 whatever the locale. */
  public static Terminal ofProcess(Map<String, String> variables) {
    int terminals = terminals();
    boolean out = (terminals & 1) != 0;
    boolean err = (terminals & 2) != 0;
    int columns = out || err ? columns(size()) : 0;
    int width = width(variables, out ? columns : 0);
    return new Terminal(
        writer(FileDescriptor.out),
        writer(FileDescriptor.err),
        out,
        err,
        width,
        columns == 0 ? width : columns,
        isAscii(variables),
        colour(variables, out));
  }

  /** The same, for a user who asked for ASCII. */
  public Terminal with(boolean onlyAscii) {
    return onlyAscii
        ? new Terminal(out, err, outIsTerminal, errIsTerminal, width, columns, true, colour)
        : this;
  }

  /** The same lines written elsewhere, as wide as the terminal is by now. */
  public Terminal drawnTo(PrintWriter elsewhere) {
    int now = outIsTerminal ? columns(size()) : 0;
    int wide = now == 0 ? width : Math.clamp(now, NARROWEST, WIDEST);
    return new Terminal(
        elsewhere, elsewhere, outIsTerminal, errIsTerminal, wide, wide, ascii, colour);
  }

  public void print(List<String> lines) {
    lines.forEach(line -> out.print(line + "\n"));
    out.flush();
  }

  public void print(String line) {
    print(List.of(line));
  }

  /** Tells a person something beside the data. */
  public void tell(String line) {
    told(line).forEach(each -> err.print(each + "\n"));
    err.flush();
  }

  /** The same, in a colour that warns where that is possible. */
  public void warn(String line) {
    told(line).forEach(each -> err.print(warning(each) + "\n"));
    err.flush();
  }

  private List<String> told(String line) {
    return errIsTerminal ? Text.wrapped(line, columns) : List.of(line);
  }

  /** The text in bold, where that is possible. */
  public String bold(String text) {
    return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  /** The text in a colour that warns, where that is possible. */
  public String warning(String text) {
    return colour ? "\u001b[33m" + text + "\u001b[0m" : text;
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  /**
   * A bit for each of the two streams that is a terminal, which the JDK cannot say of each: the
   * launcher says it, or else a shell is asked.
   */
  private static int terminals() {
    Integer known = Integer.getInteger(TERMINALS);
    if (known != null) {
      return known;
    }
    try {
      Process process =
          new ProcessBuilder("sh", "-c", "r=0;[ -t 1 ]&&r=1;[ -t 2 ]&&r=$((r+2));exit $r")
              .inheritIO()
              .start();
      if (process.waitFor(2, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
      process.destroyForcibly();
    } catch (IOException _) {
      // Without a shell there is no terminal that we know how to ask.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  private static int width(Map<String, String> variables, int columns) {
    int told = columns(variables.getOrDefault("COLUMNS", ""));
    int width = told == 0 ? columns : told;
    return width == 0 ? USUAL : Math.clamp(width, NARROWEST, WIDEST);
  }

  private static int columns(String text) {
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
  }

  /** The columns that the terminal says it has; empty if it says nothing. */
  private static String size() {
    try {
      Process process =
          new ProcessBuilder("stty", "size")
              .redirectInput(Redirect.from(Path.of("/dev/tty").toFile()))
              .redirectError(Redirect.DISCARD)
              .start();
      if (process.waitFor(2, TimeUnit.SECONDS)) {
        String size =
            new String(process.getInputStream().readNBytes(100), StandardCharsets.US_ASCII);
        return size.substring(size.indexOf(' ') + 1).strip();
      }
      process.destroyForcibly();
    } catch (IOException _) {
      // No terminal, no size.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return "";
  }

  /** True if the locale says plainly that it is not Unicode; most that say nothing are. */
  private static boolean isAscii(Map<String, String> variables) {
    for (String name : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
      String value = variables.getOrDefault(name, "");
      if (!value.isEmpty()) {
        return value.equals("C") || value.equals("POSIX");
      }
    }
    return variables.getOrDefault("TERM", "").equals("dumb");
  }

  private static boolean colour(Map<String, String> variables, boolean terminal) {
    if (!variables.getOrDefault("NO_COLOR", "").isEmpty()) {
      return false;
    }
    return terminal && !variables.getOrDefault("TERM", "").equals("dumb");
  }
}
