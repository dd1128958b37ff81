"""What agencies publish: declared sources, spiders by kind of site, captures."""
