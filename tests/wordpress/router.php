<?php
// For `php -S`: what the rewrite rules of an ordinary web server do. Everything that is no file goes to WordPress's index.php.
$path = rawurldecode(strtok($_SERVER['REQUEST_URI'], '?'));
$base = (string) getenv('SITE_BASE');
$root = $_SERVER['DOCUMENT_ROOT'];
$switches = json_decode((string) @file_get_contents(getenv('SITE_DIR') . '/switches.json'), true) ?: [];

if (strpos($path, '..') !== false) {
    http_response_code(400);
    return true;
}
if ($path === '/robots.txt' && !empty($switches['robots_disallow'])) {     // one for the host, wherever the site is
    header('Content-Type: text/plain; charset=utf-8');
    echo "User-agent: *\nDisallow: $base/wp-json/\nDisallow: $base/?rest_route=\nDisallow: /*rest_route=\n";
    return true;
}
if ($path !== '/' && is_file($root . $path)) {
    return false;
}
$inside = $base === '' || $path === $base || strpos($path, "$base/") === 0;
$rewritten = empty($switches['plain']) || $path === "$base/" || $path === $base;
if (!$inside || !$rewritten) {     // the web server's own 404, WordPress is not asked
    http_response_code(404);
    header('Content-Type: text/html');
    echo "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>\n";
    return true;
}
if (is_file($root . rtrim($path, '/') . '/index.php') && rtrim($path, '/') !== $base) {     // wp-admin/
    return false;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = "$base/index.php";
$_SERVER['SCRIPT_FILENAME'] = "$root$base/index.php";
chdir("$root$base");
require "$root$base/index.php";
