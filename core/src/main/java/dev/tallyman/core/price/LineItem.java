package dev.tallyman.core.price;

import dev.tallyman.core.ModelPatterns;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What can be read from the text by which the Costs API names a charge: {@code [tier | ]model[
 * modality], direction[, long context]}, for instance {@code priority | gpt-5.6-sol, output, long
 * context}, or a tool such as {@code web search tool calls}. The grammar is undocumented and was
 * taken from answers of the real API, so nothing is ever refused: what cannot be read is empty, and
 * the text is kept.
 *
 * @param text as the provider gave it
 * @param tier folded to lower case: {@code priority}, {@code batch}, {@code flex}
 * @param model as the provider gave it
 * @param meter what is counted
 * @param longContext whether the price is that of requests beyond the long-context limit
 */
public record LineItem(
    String text,
    Optional<String> tier,
    Optional<String> model,
    Optional<Meter> meter,
    boolean longContext) {
  private static final Set<String> WORDS =
      Set.of(
          "input", "output", "cached", "cache", "write", "writes", "text", "audio", "image",
          "token", "tokens");

  /** What can be read from this text; never fails. */
  public static LineItem parse(String text) {
    String rest = text.strip();
    Optional<String> tier = Optional.empty();
    int bar = rest.indexOf('|');
    if (bar >= 0) {
      String before = rest.substring(0, bar).strip();
      tier = before.isEmpty() ? Optional.empty() : Optional.of(before.toLowerCase(Locale.ROOT));
      rest = rest.substring(bar + 1).strip();
    }
    String[] parts = rest.split(",", -1);
    String subject = parts[0].strip();
    String direction = parts.length > 1 ? fold(parts[1]) : "";
    boolean longContext = false;
    for (int i = 1; i < parts.length; i++) {
      longContext |= fold(parts[i]).equals("long context");
    }
    Optional<Tool> tool = Tool.of(fold(subject));
    if (tool.isPresent()) {
      return new LineItem(text, tier, Optional.empty(), tool.map(Tool::meter), longContext);
    }
    String modality = "";
    int space = subject.lastIndexOf(' ');
    if (space > 0) {
      String last = fold(subject.substring(space + 1));
      if (last.equals("text") || last.equals("audio") || last.equals("image")) {
        modality = last;
        subject = subject.substring(0, space).strip();
      }
    }
    if (!isModel(subject, parts.length > 1)) {
      return new LineItem(text, tier, Optional.empty(), Optional.empty(), longContext);
    }
    Optional<Meter> meter =
        direction.isEmpty() ? undirected(fold(subject)) : directed(direction, modality);
    return new LineItem(text, tier, Optional.of(subject), meter, longContext);
  }

  /** The catalogue's name of the tool that is charged for, empty for a model. */
  public Optional<String> tool() {
    return model.isPresent() ? Optional.empty() : Tool.of(fold(text)).map(Tool::catalogueName);
  }

  private static String fold(String text) {
    return text.strip().toLowerCase(Locale.ROOT);
  }

  private static boolean isModel(String subject, boolean directed) {
    if (subject.isEmpty() || ModelPatterns.problem(subject).isPresent()) {
      return false;
    }
    // Older items such as "Completions" or "input_tokens" stand alone and are no models.
    return directed
        || subject.equalsIgnoreCase("whisper")
        || subject.chars().anyMatch(c -> c >= '0' && c <= '9');
  }

  private static Optional<Meter> undirected(String model) {
    if (model.startsWith("whisper")) {
      return Optional.of(Meter.SECONDS);
    }
    return model.startsWith("tts-") ? Optional.of(Meter.CHARACTERS) : Optional.empty();
  }

  private static Optional<Meter> directed(String direction, String modality) {
    boolean output = false;
    boolean input = false;
    boolean cached = false;
    boolean write = false;
    String kind = modality;
    for (String word : direction.split(" ", -1)) {
      if (!WORDS.contains(word)) {
        return Optional.empty();
      }
      switch (word) {
        case "output" -> output = true;
        case "input" -> input = true;
        case "cached" -> cached = true;
        case "write", "writes" -> write = true;
        case "audio", "image" -> kind = word;
        default -> {}
      }
    }
    if (write) {
      return Optional.of(Meter.CACHE_WRITE);
    }
    if (output == input) {
      return Optional.empty();
    }
    return Optional.of(
        switch (kind) {
          case "audio" ->
              output ? Meter.AUDIO_OUTPUT : cached ? Meter.CACHED_AUDIO_INPUT : Meter.AUDIO_INPUT;
          case "image" ->
              output ? Meter.IMAGE_OUTPUT : cached ? Meter.CACHED_IMAGE_INPUT : Meter.IMAGE_INPUT;
          default -> output ? Meter.OUTPUT : cached ? Meter.CACHED_INPUT : Meter.INPUT;
        });
  }
}
