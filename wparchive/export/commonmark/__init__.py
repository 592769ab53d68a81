"""Write safe HTML as Markdown: CommonMark with GitHub's tables and strikethrough.

Rendering the result gives the words, links, images, table cells and lines of code of the HTML.
Where Markdown cannot say something, its HTML tags are used, which CommonMark allows.
"""
