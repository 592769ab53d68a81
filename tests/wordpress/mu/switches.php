<?php
// Behaviours of real sites, turned on by ../switch, which writes a JSON file that every request reads. "every" counts REST requests.
//   rest_blocked=1        401 rest_not_logged_in for the whole REST API
//   challenge=1           REST answers 200 with an HTML page that says it is checking the browser
//   redirect_home=1       REST addresses redirect (301) to the home page
//   robots_disallow=1     robots.txt forbids /wp-json/ and ?rest_route=              (done by router.php)
//   plain=1               plain permalinks: only /?rest_route=... works              (router.php as well)
//   no_hints=1            neither Link header nor <link> nor RSD name the API
//   no_link=1             no Link header on REST answers
//   no_totals=1           no X-WP-Total and X-WP-TotalPages
//   cap_silent=N          per_page above N gives N items, and no error
//   cap_reject=N          per_page above N gives 400 rest_invalid_param, and the index says so
//   offset_off=1          no collection knows offset
//   orderby_off=1         no collection knows orderby=id: not listed, and 400
//   include_off=1         403 by something in front of WordPress when the query has include
//   same_page=1           a cache that ignores the query: every collection answers with its first page
//   types_off=1           /types and /taxonomies are closed (401)
//   users_off=401|404, tags_off=401|404, comments_off=401|404, media_off=401|404     that endpoint is closed
//   unreadable=ID         500 for every answer that holds this post
//   poisoned=ID           a plugin fails while it renders the content of this post
//   empty_content=ID      the API shows no content of this post
//   truncate=N            every N-th answer ends in the middle
//   flaky=N               every N-th answer is a 500
//   limit_every=N         every N-th answer is a 429 with Retry-After; retry_503=1: a 503
//   retry_after=S         its seconds (1); retry_date=1: as an HTTP date
//   notices=1|2           a PHP notice before the JSON; 2: sent so early that status and headers are lost
//   bom=1                 a UTF-8 byte order mark before the JSON
//   slow=SECONDS          every REST answer takes so much longer
//   menus_open=1         visitors may read menus and their entries (WordPress 6.8 and later)
//   no_class_list=1, class_filter=1   without class_list; with classes added and reordered by a "plugin"
namespace Switches;

function on(string $name) {
    static $all = null;
    $all = $all ?? (json_decode((string) @file_get_contents(SITE_DIR . '/switches.json'), true) ?: []);
    return $all[$name] ?? 0;
}

function is_rest(): bool {
    return PHP_SAPI !== 'cli' && (isset($_GET['rest_route']) || preg_match('#/wp-json(/|\?|$)#', $_SERVER['REQUEST_URI'] ?? ''));
}

function count_request(): int {     // over all worker processes
    $file = fopen(SITE_DIR . '/requests.count', 'c+');
    flock($file, LOCK_EX);
    $n = (int) fgets($file) + 1;
    rewind($file);
    fwrite($file, (string) $n);
    fclose($file);
    return $n;
}

function every(string $name, int $request): bool {
    $n = (int) on($name);
    return $n > 0 && $request % $n === 0;
}

function page(int $status, string $title): void {
    http_response_code($status);
    header('Content-Type: text/html; charset=UTF-8');
    exit("<!DOCTYPE html><html><head><title>$title</title></head><body><h1>$title</h1></body></html>");
}

const NOTICE = "<br />\n<b>Notice</b>:  Undefined variable: related in <b>/wp-content/plugins/related/related.php</b> on line <b>42</b><br />\n";

if (on('plain')) {
    add_filter('pre_option_permalink_structure', '__return_empty_string');
}

if (is_rest()) {
    $request = on('limit_every') || on('flaky') || on('truncate') ? count_request() : 1;
    if ($slow = (float) on('slow')) {
        usleep((int) ($slow * 1e6));
    }
    if (on('redirect_home')) {
        header('Location: ' . WP_HOME . '/', true, 301);
        exit;
    }
    if (on('challenge')) {
        page(200, 'Just a moment...');
    }
    if (every('limit_every', $request)) {
        $wait = (float) (on('retry_after') ?: 1);
        header('Retry-After: ' . (on('retry_date') ? gmdate('D, d M Y H:i:s', time() + (int) ceil($wait)) . ' GMT' : $wait));
        page(on('retry_503') ? 503 : 429, 'Slow down');
    }
    if (every('flaky', $request)) {
        page(500, 'There has been a critical error on this website.');
    }
    if (on('include_off') && isset($_GET['include'])) {
        page(403, '403 Forbidden');
    }
    if (every('truncate', $request)) {
        ob_start(fn($body) => substr($body, 0, intdiv(strlen($body), 2)));
    }
    if (on('notices') == 2) {
        echo NOTICE;
        ob_end_flush();
        flush();
    }
}

if (on('no_hints')) {
    add_action('init', function () {
        remove_action('wp_head', 'rest_output_link_wp_head');
        remove_action('template_redirect', 'rest_output_link_header', 11);
        remove_action('xmlrpc_rsd_apis', 'rest_output_rsd');
    });
}

add_filter('rest_authentication_errors', function ($result) {
    return on('rest_blocked') ? new \WP_Error('rest_not_logged_in', 'You are not currently logged in.', ['status' => 401]) : $result;
});

function parameters(array $params): array {     // of any collection
    if (on('cap_reject')) {
        $params['per_page']['maximum'] = (int) on('cap_reject');
    }
    if (on('orderby_off')) {
        $params['orderby']['enum'] = array_values(array_diff($params['orderby']['enum'], ['id']));
    }
    if (on('offset_off')) {
        unset($params['offset']);
    }
    return $params;
}

add_action('rest_api_init', function () {
    $types = get_post_types(['show_in_rest' => true]);
    foreach (array_merge($types, get_taxonomies(['show_in_rest' => true]), ['user', 'comment']) as $name) {
        add_filter("rest_{$name}_collection_params", __NAMESPACE__ . '\parameters');
    }
    foreach ($types as $type) {
        add_filter("rest_{$type}_query", function ($args) {
            $cap = (int) on('cap_silent');
            return $cap ? ['posts_per_page' => min($cap, $args['posts_per_page'])] + $args : $args;
        });
        add_filter("rest_prepare_{$type}", function ($response, $post) {
            if ($post->ID === (int) on('empty_content')) {
                $response->data['content']['rendered'] = '';
            }
            if ($post->ID === (int) on('unreadable')) {
                throw new \Error('A plugin fails on this post');
            }
            if (on('no_class_list')) {
                unset($response->data['class_list']);
            }
            return $response;
        }, 10, 2);
    }
}, 1);    // before WordPress registers its routes

add_filter('the_content', function ($content) {
    if (on('poisoned') && get_the_ID() === (int) on('poisoned')) {
        throw new \Error('A plugin fails on this content');
    }
    return $content;
});

add_filter('post_class', function ($classes) {
    return on('class_filter') ? array_merge(['tag-promo', 'category-hot', 'fl-post'], array_reverse($classes)) : $classes;
});

function closed(string $route): int {
    foreach (['users', 'tags', 'comments', 'media'] as $name) {
        if (strpos($route, "/wp/v2/$name") === 0) {
            return (int) on("{$name}_off");
        }
    }
    return on('types_off') && preg_match('#^/wp/v2/(types|taxonomies)(/|$)#', $route) ? 401 : 0;
}

add_filter('rest_pre_dispatch', function ($result, $server, $request) {
    if ($status = closed($request->get_route())) {
        return $status === 401
            ? new \WP_Error('rest_cannot_access', 'Only authenticated users can access the REST API.', ['status' => 401])
            : new \WP_Error('rest_no_route', 'No route was found matching the URL and request method.', ['status' => 404]);
    }
    if (on('same_page')) {
        $request->set_query_params([]);
    }
    return $result;
}, 10, 3);

add_filter('rest_post_dispatch', function ($response) {
    $drop = array_merge(on('no_totals') ? ['X-WP-Total', 'X-WP-TotalPages'] : [], on('no_link') ? ['Link'] : []);
    $response->set_headers(array_diff_key($response->get_headers(), array_flip($drop)));
    return $response;
}, 99);

add_filter('rest_pre_serve_request', function ($served) {
    echo on('notices') == 1 ? NOTICE : '', on('bom') ? "\xEF\xBB\xBF" : '';
    if (on('no_link')) {
        header_remove('Link');
    }
    return $served;
});
if (on('menus_open')) add_filter('rest_menu_read_access', '__return_true');
