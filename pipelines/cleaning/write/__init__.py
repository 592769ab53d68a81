"""Writers and collectors: each keeps one part of the result and knows nothing of the others."""
