import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Draws what a terminal shows, given as standard input, as an SVG. Arguments: the command, the
 * file. Run by {@code build/pictures}.
 */
void main(String[] args) throws Exception {
  String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
  List<String> lines = text.stripTrailing().lines().toList();
  int columns = Math.max(60, lines.stream().mapToInt(String::length).max().orElse(0));
  double width = columns * 8.43 + 32;
  int height = (lines.size() + 2) * 18 + 28;
  var svg = new StringBuilder();
  svg.append(
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d">
      <rect width="100%%" height="100%%" rx="8" fill="#14171f"/>
      <g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" fill="#d6dae4" xml:space="preserve">
      """
          .formatted(width, height, width, height));
  line(svg, 0, "#7fd1a8", "$ " + args[0]);
  for (int i = 0; i < lines.size(); i++) {
    line(svg, i + 1, i < 2 ? "#9aa3b8" : "#d6dae4", lines.get(i));
  }
  svg.append("</g>\n</svg>\n");
  Files.writeString(Path.of(args[1]), svg);
}

void line(StringBuilder svg, int number, String colour, String text) {
  String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  svg.append(
      "<text x=\"16\" y=\"%d\" fill=\"%s\">%s</text>\n"
          .formatted(30 + number * 18, colour, escaped.replace(" ", "\u00a0")));
}
