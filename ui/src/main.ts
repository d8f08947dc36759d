import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./styles/tokens.css";
import "./styles/reset.css";
import "./styles/controls.css";
import { mount } from "svelte";
import App from "./App.svelte";

mount(App, { target: document.body });
