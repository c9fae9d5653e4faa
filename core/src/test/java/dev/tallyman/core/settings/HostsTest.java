package dev.tallyman.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostsTest {
  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST", "127.0.0.1", "127.9.8.7", "[::1]", "::1"})
  void knowsThisMachine(String host) {
    assertThat(Hosts.isLoopback(host)).isTrue();
    assertThat(Hosts.isLocal(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "128.0.0.1",
        "[::2]",
        "0.0.0.0"
      })
  void knowsWhatMayBeElsewhere(String host) {
    assertThat(Hosts.isLoopback(host)).isFalse();
    assertThat(Hosts.isLocal(host)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"api.localhost", "LOCALHOST.", "127.0.0.1."})
  void aNameBelowLocalhostIsLocalAndNoLoopbackAddress(String host) {
    assertThat(Hosts.isLocal(host)).isTrue();
    assertThat(Hosts.isLoopback(host)).isFalse();
  }
}
