"""English code, and a question about each definition in German, in Chinese and in English.

The questions were written without a look at the table of words, in the words that people use.
"""

from __future__ import annotations

from typing import NamedTuple


class Asked(NamedTuple):
    """A definition, and the questions that it answers."""

    code: str
    german: str
    chinese: str
    english: str


ASKED = {
    "basket_total": Asked(
        'def basket_total(items):\n    """Sum the price of everything in the cart."""\n'
        "    return sum(item.price * item.amount for item in items)\n",
        "Wie wird der Gesamtpreis des Warenkorbs berechnet?",
        "购物车的总价是怎么计算的",
        "how is the total price of the cart computed",
    ),
    "reset_password": Asked(
        'def reset_password(user, token):\n    """Set a new password if the token is still valid."""\n'
        "    user.password = token.new\n",
        "Passwort zurücksetzen",
        "重置密码",
        "reset a password",
    ),
    "send_invoice": Asked(
        'def send_invoice(customer, invoice):\n    """Mail the invoice to the customer."""\n'
        "    mailer.send(customer.email, invoice.pdf)\n",
        "Rechnung an den Kunden verschicken",
        "把发票发送给客户",
        "send an invoice to the customer",
    ),
    "validate_email": Asked(
        'def validate_email(address):\n    """Raise an error if the email address is malformed."""\n'
        '    if "@" not in address:\n        raise InvalidAddress(address)\n',
        "Wo wird geprüft, ob die E-Mail-Adresse gültig ist?",
        "在哪里验证邮箱地址",
        "where is the email address validated",
    ),
    "sort_by_date": Asked(
        'def sort_by_date(entries):\n    """Order the entries by date, newest first."""\n'
        "    return sorted(entries, key=lambda entry: entry.date, reverse=True)\n",
        "Einträge nach Datum sortieren",
        "按日期排序",
        "sort entries by date",
    ),
    "read_config": Asked(
        'def read_config(path):\n    """Load the settings from a configuration file."""\n'
        "    return toml.loads(path.read_text())\n",
        "Einstellungen aus der Konfigurationsdatei laden",
        "从配置文件读取设置",
        "load settings from the configuration file",
    ),
    "retry_request": Asked(
        'def retry_request(request, times):\n    """Repeat a failed request a few times."""\n'
        "    for _ in range(times):\n        response = request()\n",
        "Wie oft wird eine fehlgeschlagene Anfrage wiederholt?",
        "请求失败后重试几次",
        "how often is a failed request repeated",
    ),
    "resize_picture": Asked(
        'def resize_picture(picture, width, height):\n    """Scale an image to a width and a height."""\n'
        "    return picture.scale(width, height)\n",
        "Größe eines Bildes ändern",
        "调整图片的宽度和高度",
        "change the size of an image",
    ),
    "close_connection": Asked(
        'def close_connection(database):\n    """Close the connection to the database."""\n'
        "    database.socket.close()\n",
        "Wo wird die Datenbankverbindung geschlossen?",
        "关闭数据库连接",
        "where is the database connection closed",
    ),
    "compress_archive": Asked(
        'def compress_archive(folder):\n    """Compress a folder into an archive."""\n'
        "    return zipfile.pack(folder)\n",
        "einen Ordner komprimieren",
        "压缩文件夹",
        "compress a folder",
    ),
    "encrypt_message": Asked(
        'def encrypt_message(message, key):\n    """Encrypt a message with a secret key."""\n'
        "    return cipher(key).update(message)\n",
        "Nachricht mit einem Schlüssel verschlüsseln",
        "用密钥加密消息",
        "encrypt a message with a key",
    ),
    "count_words": Asked(
        'def count_words(text):\n    """Count how often each word is in the text."""\n'
        "    return Counter(text.split())\n",
        "Wörter in einem Text zählen",
        "统计文本中的单词数量",
        "count the words of a text",
    ),
    "delete_expired": Asked(
        'def delete_expired(sessions, now):\n    """Remove sessions that have expired."""\n'
        "    return [session for session in sessions if session.until > now]\n",
        "abgelaufene Sitzungen löschen",
        "删除过期的会话",
        "delete expired sessions",
    ),
    "export_table": Asked(
        'def export_table(rows, path):\n    """Export the rows of a table as CSV."""\n'
        "    path.write_text(to_csv(rows))\n",
        "Tabelle als CSV exportieren",
        "把表格导出为 CSV",
        "export a table as CSV",
    ),
    "start_server": Asked(
        'def start_server(port):\n    """Start the web server and listen on a port."""\n'
        "    Listener(port).serve_forever()\n",
        "Auf welchem Port startet der Server?",
        "服务器在哪个端口启动",
        "on which port does the server start",
    ),
    "render_button": Asked(
        'def render_button(label, color):\n    """Draw a button with a label in a color."""\n'
        "    canvas.rectangle(label, color)\n",
        "Schaltfläche zeichnen",
        "绘制按钮",
        "draw a button",
    ),
    "merge_branches": Asked(
        'def merge_lists(left, right):\n    """Merge two sorted lists into one."""\n'
        "    return list(heapq.merge(left, right))\n",
        "zwei sortierte Listen zusammenführen",
        "合并两个有序列表",
        "merge two sorted lists",
    ),
    "find_duplicates": Asked(
        'def find_duplicates(files):\n    """Find files with equal content."""\n'
        "    return group_by_hash(files)\n",
        "doppelte Dateien finden",
        "查找重复的文件",
        "find duplicate files",
    ),
    "translate_label": Asked(
        'def translate_label(label, language):\n    """Translate a label into the language of the user."""\n'
        "    return catalog[language][label]\n",
        "Texte in die Sprache des Benutzers übersetzen",
        "翻译成用户的语言",
        "translate a label into the language of the user",
    ),
    "schedule_backup": Asked(
        'def schedule_backup(hour):\n    """Run the backup every night."""\n'
        "    timer.every_day(hour, copy_everything)\n",
        "Wann läuft die nächtliche Sicherung?",
        "每天晚上备份",
        "when does the nightly backup run",
    ),
    "parse_arguments": Asked(
        'def parse_arguments(argv):\n    """Parse the arguments of the command line."""\n'
        "    return parser.parse_args(argv)\n",
        "Argumente der Befehlszeile auswerten",
        "解析命令行参数",
        "parse the arguments of the command line",
    ),
    "log_exception": Asked(
        'def log_exception(error):\n    """Write an exception to the log."""\n'
        '    logger.error("failed", exc_info=error)\n',
        "Ausnahmen ins Protokoll schreiben",
        "把异常写入日志",
        "write exceptions to the log",
    ),
    "upload_photo": Asked(
        'def upload_photo(photo, bucket):\n    """Upload a photo of the user to the storage."""\n'
        "    bucket.put(photo.name, photo.bytes)\n",
        "Foto hochladen",
        "上传照片",
        "upload a photo",
    ),
    "check_permission": Asked(
        'def check_permission(user, page):\n    """Say whether a user may open a page."""\n'
        "    return page.role in user.roles\n",
        "Darf der Benutzer die Seite öffnen?",
        "检查用户有没有权限打开页面",
        "may the user open the page",
    ),
}
"""By the name of the definition's file."""
