package dev.reranker.examples.existing;

import java.util.List;

/** An article of a help desk. */
record Article(String title, String body) {

  /** All that the help desk has. */
  static List<Article> all() {
    return List.of(
        new Article(
            "How long is the warranty of my phone?",
            "Two years. It covers the phone and its charger, and how they came to be damaged does"
                + " not matter."),
        new Article(
            "Power",
            "After one full charge the battery keeps the phone running for about two days."),
        new Article(
            "Phone and contacts",
            "How do I move my contacts to my phone? Take the SIM card of the last phone."),
        new Article(
            "Long calls",
            "My phone gets warm. Long calls and games do that; the phone dims the screen."),
        new Article("Battery lost its cover", "The cover of the battery can be ordered by phone."));
  }
}
