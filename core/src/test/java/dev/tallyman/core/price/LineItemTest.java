package dev.tallyman.core.price;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LineItemTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "gpt-5.6-terra, output                        ;          ; gpt-5.6-terra          ; OUTPUT "
            + "           ; false",
        "gpt-5.6-terra, cached input                  ;          ; gpt-5.6-terra          ;"
            + " CACHED_INPUT      ; false",
        "gpt-5.6-terra, cache writes                  ;          ; gpt-5.6-terra          ;"
            + " CACHE_WRITE       ; false",
        "gpt-4o-mini-2024-07-18, input                ;          ; gpt-4o-mini-2024-07-18 ; INPUT  "
            + "           ; false",
        "gpt-image-1 image, output                    ;          ; gpt-image-1            ;"
            + " IMAGE_OUTPUT      ; false",
        "gpt-image-2-2026-04-21 text, input           ;          ; gpt-image-2-2026-04-21 ; INPUT  "
            + "           ; false",
        "gpt-realtime audio, cached input             ;          ; gpt-realtime           ;"
            + " CACHED_AUDIO_INPUT; false",
        "'priority | gpt-5.6-sol, output, long context' ; priority ; gpt-5.6-sol          ; OUTPUT "
            + "           ; true",
        "'batch | gpt-5.6-luna, input'                ; batch    ; gpt-5.6-luna           ; INPUT  "
            + "           ; false",
        "'Flex|gpt-5.6-luna , Input'                  ; flex     ; gpt-5.6-luna           ; INPUT  "
            + "           ; false",
        "whisper                                      ;          ; whisper                ; SECONDS"
            + "           ; false",
        "tts-1-hd                                     ;          ; tts-1-hd               ;"
            + " CHARACTERS        ; false",
        "dall-e-3                                     ;          ; dall-e-3               ;        "
            + "           ; false",
        "web search tool calls                        ;          ;                        ; CALLS  "
            + "           ; false",
        "code interpreter sessions                    ;          ;                        ;"
            + " SESSIONS          ; false",
        "file search storage                          ;          ;                        ;"
            + " GIB_HOURS         ; false",
        "Image models                                 ;          ;                        ;        "
            + "           ; false",
        "Completions                                  ;          ;                        ;        "
            + "           ; false",
        "input_tokens                                 ;          ;                        ;        "
            + "           ; false",
        "'gpt-4o, fine-tuning training'               ;          ; gpt-4o                 ;        "
            + "           ; false",
        "''                                           ;          ;                        ;        "
            + "           ; false",
      })
  void itemsSeenOnTheRealApiAreRead(
      String text,
      @Nullable String tier,
      @Nullable String model,
      @Nullable Meter meter,
      boolean longContext) {
    assertThat(LineItem.parse(text))
        .isEqualTo(
            new LineItem(
                text,
                Optional.ofNullable(tier),
                Optional.ofNullable(model),
                Optional.ofNullable(meter),
                longContext));
  }

  @Test
  void aToolHasTheNameThatTheCatalogueGivesIt() {
    assertThat(LineItem.parse("web search tool calls").tool()).hasValue("web-search");
    assertThat(LineItem.parse("gpt-4o, input").tool()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void noTextIsRefusedAndEveryTextIsKept(long seed) {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    String[] parts = {"|", ", ", " ", "gpt-5", "input", "cached", "é", "\n", "whisper", "output"};
    for (int i = 0; i < 2000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(8); n > 0; n--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      LineItem item = LineItem.parse(text.toString());
      assertThat(item.text()).as("seed %s", seed).isEqualTo(text.toString());
      assertThat(item.model().stream()).as("seed %s: %s", seed, text).noneMatch(String::isBlank);
    }
  }
}
