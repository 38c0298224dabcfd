// VitePress's own theme in the reader's own font, with room for tables and with tables that a phone can show.

import theme from 'vitepress/theme-without-fonts';
import './style.css';

export default theme;
